"""The commands that look after an index, where its searches are on a Milvus server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.assistant.command import run
from tests.index.milvus_server import MilvusLite, fresh_collection


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "rome.txt").write_text("The council met in Rome. It was founded there.")
    return tmp_path


def test_index_that_counts_as_it_goes_needs_no_recount(folder: Path) -> None:
    assert run("index", "docs", folder=folder).returncode == 0
    refused = run("recount", folder=folder)
    assert refused.returncode == 2
    assert "needs no recount" in refused.stderr
    assert "index folder" in json.loads(run("status", "--json", folder=folder).stdout)["search"]


@pytest.mark.parametrize(
    ("setting", "named"),
    [
        ('search = "host:19530"', "search"),
        ('search = "http://host:19530"\ncollection = "a-b"', "collection"),
    ],
)
def test_server_that_cannot_be_is_a_mistake_of_the_callers(
    setting: str, named: str, folder: Path
) -> None:
    (folder / "assistant.toml").write_text(setting)
    refused = run("index", "docs", folder=folder)
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr
    assert refused.stderr.splitlines()[-1].startswith(f"error: {named} cannot be")
    assert not (folder / ".assistant").exists()


@pytest.mark.scale
def test_index_on_a_server_is_told_checked_mended_and_counted(
    folder: Path, milvus: MilvusLite
) -> None:
    address = fresh_collection(milvus)
    (folder / "assistant.toml").write_text(
        f'search = "{address.url}"\ncollection = "{address.collection}"\n'
    )
    assert run("index", "docs", folder=folder).returncode == 0
    facts = json.loads(run("status", "--json", folder=folder).stdout)
    assert facts["search"].startswith(f"Milvus at {address.url}, collection {address.collection}_")
    found = json.loads(run("ask", "--json", "Where did the council meet?", folder=folder).stdout)
    assert found["passages"][0]["path"] == "rome.txt"
    assert run("recount", folder=folder).stdout == "counted 1 passages\n"
    for option in ((), ("--repair",)):
        checked = run("doctor", *option, folder=folder)
        assert (checked.returncode, checked.stdout) == (0, "All is well.\n")


@pytest.mark.scale
def test_server_that_is_not_there_is_told_in_one_line(folder: Path) -> None:
    pytest.importorskip("pymilvus")
    (folder / "assistant.toml").write_text('search = "http://127.0.0.1:1"\n')
    indexed = run("index", "docs", folder=folder)
    assert indexed.returncode == 0
    assert "the next run brings it up to date" in indexed.stderr
    for command in (["ask", "Where did the council meet?"], ["recount"]):
        failed = run(*command, folder=folder)
        assert failed.returncode == 1
        assert "Milvus at http://127.0.0.1:1" in failed.stderr
        assert "Traceback" not in failed.stderr
    checked = run("doctor", folder=folder)
    assert checked.returncode == 1
    assert "doctor --repair" in checked.stdout
