from __future__ import annotations

from typing import Any

import pytest

from assistant.conversation.conversations import KeptTurn, Summary
from assistant.conversation.exporting import as_markdown

CITATION = {
    "title": "The pier",
    "path": "pier.md",
    "page": None,
    "section": [],
    "quote": "a red one",
    "sentence": "It has a red one.",
    "source_ranges": [[7, 16]],
    "sha256": "9c",
}
DISPUTED = {
    "question": "Which lamps?",
    "understood_as": "Which lamps?",
    "abstained": True,
    "reason": "disagreement",
    "alternatives": [],
}


def written(**told: Any) -> str:
    turn = KeptTurn(1, 0.0, DISPUTED | told)
    return as_markdown(Summary("one", "Lamps", 0.0, 0.0, 1), [turn])


@pytest.mark.parametrize(
    ("answer", "shown"),
    [("a red one", "It has a red one."), ("a red one; a white one", "a red one; a white one")],
)
def test_disputed_list_is_written_down_with_all_its_items(answer: str, shown: str) -> None:
    place = "The pier, pier.md, characters 7-16, SHA-256 9c"
    text = written(alternatives=[{"answer": answer, "citation": CITATION}])
    assert text.endswith(f"\n\n> {shown}\n\n{place}\n")


@pytest.mark.parametrize(
    ("documents", "told"),
    [(["a"], "\n\nAsked within 1 document\n\n"), (["a", "b"], "Asked within 2 documents\n\n")],
)
def test_question_asked_within_some_documents_is_written_down_as_such(
    documents: list[str], told: str
) -> None:
    assert told in written(documents=documents)
    assert "Asked within" not in written(documents=[])
    assert "Asked within" not in written()  # as format 3 kept it
