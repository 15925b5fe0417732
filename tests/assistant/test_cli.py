from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.assistant.command import run

FILES = {
    "pier.md": "# The Old Pier\n\nThe old pier was built by **Anders Lund** in 1861.\n",
    "ferry.txt": "The Ferry\n\nThe ferry to the islands sails twice a day.\n",
    "broken.pdf": "no pdf at all",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an index of FILES, made without an embedder."""
    folder = tmp_path_factory.mktemp("cli")
    (folder / "docs").mkdir()
    for name, content in FILES.items():
        (folder / "docs" / name).write_text(content)
    done = run("index", "docs", "--json", folder=folder)
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert {e["path"] for e in events if e["event"] == "committed"} == {"pier.md", "ferry.txt"}
    assert [e["path"] for e in events if e["event"] == "failed"] == ["broken.pdf"]
    assert events[-1]["event"] == "done"
    return folder


def test_question_is_answered_by_keywords_without_an_embedder(folder: Path) -> None:
    done = run("ask", "Who built the old pier?", "--json", "--max-error", "1", folder=folder)
    answer = json.loads(done.stdout)
    assert (answer["mode"], done.returncode) == ("keywords", 0)
    assert answer["answer"] == "Anders Lund"
    assert answer["citations"][0]["sentence"] == "The old pier was built by Anders Lund in 1861."
    assert "searching by keywords alone" in done.stderr


def test_answer_is_shown_with_its_place(folder: Path) -> None:
    done = run("ask", "Who built the old pier?", "--max-error", "1", folder=folder)
    assert "[1] The Old Pier / pier.md" in done.stdout


def test_calibration_is_kept_beside_the_index_and_used(folder: Path) -> None:
    questions = [
        {"id": f"{document} {n}", "question": question, "answers": answers, "document": document}
        for n in range(12)
        for question, answers, document in (
            (f"Who built the old pier in {n}?", ["Anders Lund"], "pier.md"),
            (f"How many cars does ferry {n} carry?", [], "ferry.txt"),
        )
    ]
    (folder / "own.jsonl").write_text("\n".join(map(json.dumps, questions)))
    calibration = folder / ".assistant" / "calibration.json"
    try:
        done = run("calibrate", "own.jsonl", folder=folder)
        assert done.returncode == 0, done.stderr
        assert "accepting 10% of errors" in done.stdout
        assert "questions stand behind this" in done.stdout
        calibration.write_text("{")
        refused = run("ask", "Who built the old pier?", folder=folder)
        assert (refused.returncode, "calibration.json" in refused.stderr) == (1, True)
    finally:
        calibration.unlink(missing_ok=True)


def test_status_counts_documents_and_passages(folder: Path) -> None:
    facts = json.loads(run("status", "--json", folder=folder).stdout)
    assert (facts["documents"], facts["passages"], facts["generation"] > 0) == (2, 2, True)


def test_doctor_finds_a_whole_index_well(folder: Path) -> None:
    done = run("doctor", folder=folder)
    assert (done.returncode, done.stdout) == (0, "All is well.\n")


def test_doctor_finds_a_damaged_cache_and_mends_it(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    for file in (copy / ".assistant" / "keywords").rglob("*.npy"):
        file.write_bytes(file.read_bytes()[:-1])
    assert run("doctor", folder=copy).returncode == 1
    assert run("doctor", "--repair", folder=copy).returncode == 0
    assert run("doctor", folder=copy).returncode == 0


def test_question_in_bytes_that_are_no_utf_8_is_asked_all_the_same(folder: Path) -> None:
    done = run("ask", os.fsdecode(b"Who built the p\xffier?"), "--json", folder=folder)
    assert done.returncode == 0
    assert json.loads(done.stdout)["question"] == "Who built the p\ufffdier?"


def test_empty_folder_is_warned_of(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "the index is empty" in run("index", "empty", folder=tmp_path).stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["ask", "Who?", "--index", "none"], "none"),
        (["ask", " "], "1 to 2000 characters"),
        (["ask", "Who? " * 500], "1 to 2000 characters"),
        (["ask", "Who?", "--max-error", "2"], "2"),
        (["ask", "Who?", "--max-error", "nan"], "nan"),
        (["ask", "Who?", "--index", "docs/pier.md"], "pier.md"),
        (["evaluate", "docs/pier.md", "--json", "no-folder/run.json"], "no-folder"),
        (["index", "missing-folder"], "missing-folder"),
        (["remove", "nobody"], "nobody"),
        (["serve", "--port", "70000"], "70000"),
        (["evaluate", "nothing.jsonl"], "nothing.jsonl"),
    ],
)
def test_mistake_of_the_callers_is_one_line_and_status_2(
    folder: Path, arguments: list[str], complaint: str
) -> None:
    done = run(*arguments, folder=folder)
    assert done.returncode == 2
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


def test_empty_folder_makes_a_valid_empty_index(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run("index", "empty", folder=tmp_path).returncode == 0
    assert json.loads(run("status", "--json", folder=tmp_path).stdout)["documents"] == 0
    answer = json.loads(run("ask", "Who?", "--json", folder=tmp_path).stdout)
    assert answer["reason"] == "nothing_near"
