from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.evaluation.comparable import comparable, gold, read_run, refuse_unshared
from assistant.testsets.records import GoldQuestion
from index.errors import ConfigurationError

QUESTION = {
    "id": "q",
    "question": "Where?",
    "answers": ["Paris", "in Paris"],
    "document": "act",
    "conversation": 0,
    "answer": "Rome",
    "right": False,
    "cause": "other_span",
    "scores": {"em": 0.0},
    "seconds": 0.25,
}
SETTINGS = {"test_set": "dev.jsonl", "questions": 1, "started_at": "2026-11-22T15:20:00Z"}
RUN = {"version": 1, "settings": SETTINGS, "metrics": {"em": {}}, "questions": [QUESTION]}


def write(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value), "utf-8")
    return path


def test_run_that_was_written_reads_as_it_was(tmp_path: Path) -> None:
    run = read_run(write(tmp_path / "run.json", RUN))
    assert run == comparable(RUN)
    assert run.questions[0].figures == {"em": 0.0, "latency_ms": 250.0}


def test_set_without_answers_has_runs_that_can_be_compared() -> None:
    query = {**QUESTION, "answers": [], "document": None, "answer": None, "right": None}
    (asked,) = comparable({**RUN, "questions": [query]}).questions
    assert (asked.answer, asked.right) == (None, None)
    assert gold(GoldQuestion("q", "Where?", None)) == asked.gold


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("{", "not JSON"),
        ("[1]", "lacks what a run holds"),
        (json.dumps({"id": "q", "question": "Where?", "answers": []}), "lacks what a run holds"),
        (json.dumps({**RUN, "version": 2}), "version"),
        (json.dumps({**RUN, "questions": [{"id": "q"}]}), "questions.0.question"),
        (json.dumps({**RUN, "questions": [{**QUESTION, "seconds": None}]}), "seconds"),
        (json.dumps({**RUN, "questions": [{**QUESTION, "scores": {"em": float("nan")}}]}), "em"),
    ],
)
def test_what_is_not_a_run_is_refused_with_file_fault_and_remedy(
    tmp_path: Path, content: str, fault: str
) -> None:
    path = tmp_path / "run.json"
    path.write_text(content, "utf-8")
    with pytest.raises(ConfigurationError) as refused:
        read_run(path)
    message = str(refused.value)
    assert message.startswith(f"{path}: is no run")
    assert fault in message
    assert "assistant evaluate --json" in message
    assert "\n" not in message


def test_missing_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gone\.json: cannot be read \(No such file"):
        read_run(tmp_path / "gone.json")


def test_run_over_the_same_questions_is_not_refused() -> None:
    same = GoldQuestion("q", "Where?", ("in Paris", "Paris"), "act")  # the order says nothing
    refuse_unshared([gold(same)], comparable(RUN))


@pytest.mark.parametrize(
    "other",
    [
        GoldQuestion("p", "Where?", ("Paris", "in Paris"), "act"),
        GoldQuestion("q", "Where else?", ("Paris", "in Paris"), "act"),
        GoldQuestion("q", "Where?", ("Paris",), "act"),
        GoldQuestion("q", "Where?", ("Paris", "in Paris"), "treaty"),
    ],
)
def test_run_that_shares_no_question_is_refused_with_the_remedy(other: GoldQuestion) -> None:
    with pytest.raises(ConfigurationError, match=r"over dev\.jsonl.*compare runs of one test set"):
        refuse_unshared([gold(other)], comparable(RUN))
