from __future__ import annotations

import pytest

from assistant.conversation.ellipsis import fill_in
from assistant.records import Turn


@pytest.mark.parametrize(
    ("before", "answer", "question", "expected"),
    [
        ("When was the pier built?", "1861", "Why?", "Why was the pier built?"),
        ("In which year did it burn?", "1903", "And where?", "Where did it burn?"),
        ("Who was the keeper?", "Ann Holm", "When?", "When was Ann Holm the keeper?"),
        ("What did Lund propose?", "a pier", "Why?", "Why did Lund propose?"),
        ("Who built the pier?", "Lund", "when?", "When was it that Lund built the pier?"),
        ("How many cars did it carry?", "40", "Since when?", "Since when did it carry?"),
        (
            "When did Islay get a pier? (about: the Treaty)", "1861", "Why?",
            "Why did Islay get a pier? (about: the Treaty)",
        ),
        ("When did Jura join?", "1903", "And Islay?", "When did Islay join?"),
        ("Who spoke for Jura in Oban?", "Holm", "And for Islay?", "Who spoke for Islay in Oban?"),
        ("Who built the Old Pier?", "Lund", "What about the ferry?", "Who built the ferry?"),
        (
            "What did Jura build in the Sound of Islay?", "a pier", "And in Oban?",
            "What did Jura build in Oban?",
        ),
    ],
)  # fmt: skip
def test_question_is_filled_in_from_the_one_before(
    before: str, answer: str, question: str, expected: str
) -> None:
    assert fill_in(question, Turn(before, answer)) == expected


@pytest.mark.parametrize(
    "question",
    ["When did the ferry sail?", "And when did it burn?", "Who?", "Why did Lund leave?", "Pier?"],
)
def test_whole_question_is_left_as_it_is(question: str) -> None:
    assert fill_in(question, Turn("Who built the Old Pier?", "Lund")) is None


def test_nothing_is_filled_in_where_the_question_before_offers_no_place() -> None:
    assert fill_in("And Islay?", Turn("who built it?", "Lund")) is None
    assert fill_in("When?", Turn("Who built the pier?", "")) is None
    assert fill_in("When?", Turn("Name the piers.", "Lund")) is None
    assert fill_in("And Norway?", Turn("Name the king of it.", "")) is None
    assert fill_in("What about its size?", Turn("Who built the Old Pier?", "Lund")) is None


def test_much_white_space_takes_no_time() -> None:
    asked = f"when is{' ' * 100_000}x"
    assert fill_in("Why?", Turn(asked, "")) == "Why is x?"
