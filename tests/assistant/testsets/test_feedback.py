from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.conversation.feedback import JudgedTurn, Judgement, Place, Verdict
from assistant.testsets.feedback import draft
from assistant.testsets.reading import read_test_set
from assistant.testsets.records import GoldQuestion
from index.errors import TestSetError

DECLINED: dict[str, Any] = {"answer": "", "citations": []}
ANSWERED = {
    "answer": "red; blue",
    "citations": [
        {"path": "a/flags.md", "sha256": "e" * 64, "source_ranges": [[5, 8]], "quote": "red"},
        {"path": "a/flags.md", "sha256": "e" * 64, "source_ranges": [[20, 24]], "quote": "blue"},
    ],
}
PLACE = Place("1f", "a/pier.md", "f" * 64, ((3, 9), (12, 14)), "Anders Lund")


def judged(
    verdict: str, reply: dict[str, Any] = DECLINED, question: str = "Who?", number: int = 1
) -> JudgedTurn:
    place = PLACE if verdict == "here" else None
    return JudgedTurn("c", number, question, reply, Judgement(Verdict(verdict), place))


def test_answer_called_right_is_the_gold_answer_with_its_place() -> None:
    assert draft([judged("right", ANSWERED)]) == [
        {
            "id": "c#1",
            "question": "Who?",
            "answers": ["red; blue"],
            "document": "a/flags.md",
            "sha256": "e" * 64,
            "source_ranges": [[5, 8], [20, 24]],
            "feedback": {"verdict": "right", "answer": "red; blue"},
        }
    ]


@pytest.mark.parametrize("reply", [DECLINED, ANSWERED])
def test_selected_text_is_the_gold_answer_whatever_was_answered(reply: dict[str, Any]) -> None:
    (line,) = draft([judged("here", reply)])
    assert (line["answers"], line["document"]) == (["Anders Lund"], "a/pier.md")
    assert (line["sha256"], line["source_ranges"]) == ("f" * 64, [[3, 9], [12, 14]])
    assert line["feedback"] == {"verdict": "here", "answer": reply["answer"]}


def test_right_abstention_makes_an_unanswerable_question() -> None:
    (line,) = draft([judged("right")])
    assert line["answers"] == []
    assert "document" not in line


@pytest.mark.parametrize("reply", [DECLINED, ANSWERED])
def test_of_what_is_only_wrong_the_answer_is_left_open(reply: dict[str, Any]) -> None:
    (line,) = draft([judged("wrong", reply)])
    assert line["answers"] is None
    assert "document" not in line
    assert line["feedback"]["answer"] == reply["answer"]


def test_last_judgement_of_a_question_counts() -> None:
    lines = draft(
        [
            judged("right", ANSWERED, "Who built  the pier?", 1),
            judged("right", DECLINED, "When?", 2),
            judged("here", ANSWERED, "who built the Pier?", 3),
        ]
    )
    assert [(line["id"], line["feedback"]["verdict"]) for line in lines] == [
        ("c#3", "here"),
        ("c#2", "right"),
    ]


def test_drafts_are_read_as_a_test_set(tmp_path: Path) -> None:
    file = tmp_path / "drafts.jsonl"
    turns = [judged("right", ANSWERED), judged("here", question="When?", number=2)]
    file.write_text("\n".join(map(json.dumps, draft(turns))))
    assert read_test_set(file).questions == (
        GoldQuestion(
            "c#1",
            "Who?",
            ("red; blue",),
            "a/flags.md",
            sha256="e" * 64,
            places=(((5, 8), (20, 24)),),
        ),
        GoldQuestion(
            "c#2",
            "When?",
            ("Anders Lund",),
            "a/pier.md",
            sha256="f" * 64,
            places=(((3, 9), (12, 14)),),
        ),
    )


def test_draft_without_an_answer_is_refused_until_it_is_reviewed(tmp_path: Path) -> None:
    file = tmp_path / "drafts.jsonl"
    turns = [judged("right", ANSWERED), judged("wrong", question="When?", number=2)]
    file.write_text("\n".join(map(json.dumps, draft(turns))))
    with pytest.raises(TestSetError, match=r'line 2: "answers" is null.*take the line out'):
        read_test_set(file)
    file.write_text(file.read_text().replace("null", '["1861"]'))
    assert read_test_set(file).questions[1] == GoldQuestion("c#2", "When?", ("1861",))
