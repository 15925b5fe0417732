"""The command that measures, as a person runs it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.cli.evaluating import evaluate
from assistant.evaluation import report
from assistant.evaluation.records import QuestionResult
from assistant.evaluation.running import Examiner
from tests.assistant.command import run

PIER = "# The Old Pier\n\nThe old pier was built by **Anders Lund** in 1861.\n"
QUESTIONS = (
    {"id": "who", "question": "Who built the old pier?", "answers": ["Anders Lund"]},
    {"id": "ferry", "question": "Who built the ferry to Oslo?", "answers": ["Berta Holm"]},
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an index, a test set that is half right, and its first run."""
    folder = tmp_path_factory.mktemp("evaluating")
    (folder / "docs").mkdir()
    (folder / "docs" / "pier.md").write_text(PIER)
    (folder / "own.jsonl").write_text("\n".join(map(json.dumps, QUESTIONS)))
    assert run("index", "docs", folder=folder).returncode == 0
    done = run("evaluate", "own.jsonl", "--json", "run.json", "--html", "run.html", folder=folder)
    assert done.returncode == 0, done.stderr
    assert "Why 1 were missed:" in done.stdout
    assert "the answer is not in the text that was extracted" in done.stdout
    return folder


def test_run_is_written_as_json_and_as_a_page_and_kept_in_the_index(folder: Path) -> None:
    written = json.loads((folder / "run.json").read_text())
    assert written["metrics"]["right"]["value"] == 0.5
    assert written["causes"] == {"not_extracted": 1}
    assert [question["cause"] for question in written["questions"]] == [None, "not_extracted"]
    assert written["questions"][1]["passages"][0]["holds_answer"] is False
    assert "Who built the ferry to Oslo?" in (folder / "run.html").read_text()
    (kept,) = (folder / ".assistant" / "runs").iterdir()
    assert json.loads(kept.read_text()) == written


def test_run_over_given_documents_is_not_kept(folder: Path) -> None:
    before = list((folder / ".assistant" / "runs").iterdir())
    assert run("evaluate", "own.jsonl", "--documents", "docs", folder=folder).returncode == 0
    assert list((folder / ".assistant" / "runs").iterdir()) == before


def test_run_compared_with_itself_differs_in_nothing(folder: Path) -> None:
    arguments = ("--documents", "docs", "--compare", "run.json", "--json", "again.json")
    done = run("evaluate", "own.jsonl", *arguments, folder=folder)
    assert done.returncode == 0, done.stderr
    assert "Questions asked in both runs: 2" in done.stdout
    compared = json.loads((folder / "again.json").read_text())["comparison"]
    assert compared["metrics"]["f1"]["difference"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert compared["metrics"]["f1"]["p"] == 1.0
    assert (compared["gained"], compared["lost"]) == ([], [])


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--compare", "own.jsonl"], "own.jsonl"),
        (["--compare", "nothing.json"], "nothing.json"),
        (["--fail-under", "latency_p95_ms=0.5"], "latency_p95_ms"),
        (["--fail-under", "f1=much"], "f1"),
        (["--html", "no-folder/run.html"], "no-folder"),
        (["--html", "docs"], "'docs' is a directory"),
        (["--json", "./docs/../own.jsonl"], "is the test set"),
        (["--json", "new.run", "--html", "docs/../new.run"], "a file of its own"),
    ],
)
def test_mistake_is_told_before_anything_is_asked(
    folder: Path, arguments: list[str], complaint: str
) -> None:
    done = run("evaluate", "own.jsonl", *arguments, folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


def test_run_that_cannot_be_written_is_not_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> str:
        raise OSError("disk full")

    monkeypatch.setenv("ASSISTANT_EMBEDDER", "/nowhere")
    monkeypatch.setattr(report, "render", fail)
    before = sorted((folder / ".assistant" / "runs").iterdir())
    arguments = [str(folder / "own.jsonl"), "--index", str(folder / ".assistant")]
    done = CliRunner().invoke(evaluate, [*arguments, "--html", str(folder / "full.html")])
    assert isinstance(done.exception, OSError)
    assert sorted((folder / ".assistant" / "runs").iterdir()) == before


def test_settings_are_those_that_the_run_began_with(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Examiner] = []
    whole = Examiner.run

    def run_while_others_index(self: Examiner) -> Iterator[QuestionResult]:
        asked.append(self)
        monkeypatch.setattr(Examiner, "settings", {"generation": "of later"})
        return whole(self)

    monkeypatch.setenv("ASSISTANT_EMBEDDER", "/nowhere")
    monkeypatch.setattr(Examiner, "run", run_while_others_index)
    arguments = [str(folder / "own.jsonl"), "--documents", str(folder / "docs")]
    done = CliRunner().invoke(evaluate, [*arguments, "--json", str(folder / "began.json")])
    assert done.exit_code == 0, done.output
    written = json.loads((folder / "began.json").read_text())
    assert (len(asked), written["settings"]["documents"]) == (1, 1)


def test_metric_that_is_less_than_asked_fails_the_command(folder: Path) -> None:
    arguments = ("--documents", "docs", "--fail-under", "right=0.6", "--fail-under", "f1=0.4")
    done = run("evaluate", "own.jsonl", *arguments, "--json", "failed.json", folder=folder)
    assert done.returncode == 1
    assert "right is 0.5, under the 0.6 that was asked" in done.stderr
    assert "f1 is" not in done.stderr
    assert (folder / "failed.json").exists()
