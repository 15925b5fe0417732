"""The options of ``assistant index`` that say who reads the files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.catalogue.ledger import Plan
from index.store import Store
from tests.assistant.command import run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    for name in ("pier", "ferry", "tower"):
        (tmp_path / "docs" / f"{name}.txt").write_text(f"The {name} was built in 1861.")
    (tmp_path / "docs" / "broken.pdf").write_text("no pdf at all")
    return tmp_path


def test_index_with_processes_acknowledges_what_is_committed(folder: Path) -> None:
    done = run("index", "docs", "--processes", "2", "--json", folder=folder)
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    committed = {event["path"] for event in events if event["event"] == "committed"}
    assert committed == {"pier.txt", "ferry.txt", "tower.txt"}
    assert [event["path"] for event in events if event["event"] == "failed"] == ["broken.pdf"]
    assert (events[-1]["event"], events[-1]["documents"]) == ("done", 3)
    assert "unfinished" not in run("status", folder=folder).stdout


def test_run_that_has_not_come_to_its_end_stands_in_the_status(folder: Path) -> None:
    run("index", "docs", folder=folder)
    with (
        Store.open(folder / ".assistant", embedder_name=None) as store,
        store.catalogue.ledger() as ledger,
    ):
        numbers = ledger.plan("a run", [Plan((("docs", "pier.txt"),))] * 3)
        ledger.finish(numbers[0], "a worker")
    told = run("status", folder=folder).stdout
    assert "unfinished 1 1 of 3 shards done, begun 2" in told


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (["--processes", "0"], 2, "processes cannot be 0"),
        (["--processes", "2", "--dask", "tcp://127.0.0.1:1"], 2, "exclude each other"),
    ],
)
def test_mistake_is_one_line(options: list[str], status: int, message: str, folder: Path) -> None:
    done = run("index", "docs", *options, folder=folder)
    assert (done.returncode, done.stdout) == (status, "")
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert message in line
