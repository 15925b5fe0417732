from __future__ import annotations

import pytest

from assistant.conversation.conversations import KeptTurn, Summary
from assistant.conversation.exporting import as_markdown


@pytest.mark.parametrize(
    ("answer", "shown"),
    [("a red one", "It has a red one."), ("a red one; a white one", "a red one; a white one")],
)
def test_disputed_list_is_written_down_with_all_its_items(answer: str, shown: str) -> None:
    citation = {
        "title": "The pier",
        "path": "pier.md",
        "page": None,
        "section": [],
        "quote": "a red one",
        "sentence": "It has a red one.",
        "source_ranges": [[7, 16]],
        "sha256": "9c",
    }
    reply = {
        "question": "Which lamps?",
        "understood_as": "Which lamps?",
        "abstained": True,
        "reason": "disagreement",
        "alternatives": [{"answer": answer, "citation": citation}],
    }
    written = as_markdown(Summary("one", "Lamps", 0.0, 0.0, 1), [KeptTurn(1, 0.0, reply)])
    assert written.endswith(f"\n\n> {shown}\n\nThe pier, pier.md, characters 7-16, SHA-256 9c\n")
