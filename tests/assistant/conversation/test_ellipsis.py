from __future__ import annotations

import pytest

from assistant.conversation.ellipsis import fill_in, straighten
from assistant.records import Turn


@pytest.mark.parametrize(
    ("before", "answer", "question", "expected"),
    [
        ("When was the pier built?", "1861", "Why?", "Why was the pier built?"),
        ("In which year did it burn?", "1903", "And where?", "Where did it burn?"),
        ("Who was the keeper?", "Ann Holm", "When?", "When was Ann Holm the keeper?"),
        ("What did Lund propose?", "a pier", "Why?", "Why did Lund propose a pier?"),
        ("What did Lund propose?", "a pier " * 7, "Why?", "Why did Lund propose?"),
        ("Did Lund resign?", "yes", "Why?", "Why did Lund resign?"),
        ("When did Islay join?", "1903", "By what treaty?", "By what treaty did Islay join?"),
        ("When was it sold?", "1903", "To how many people?", "To how many people was it sold?"),
        ("How many boats were lost?", "40", "Where?", "Where were boats lost?"),
        ("Who left?", "Lund", "What year?", "What year was it that Lund left?"),
        ("How many boats were lost?", "40", "Which ones?", "Which boats were lost?"),
        ("Which boats were lost?", "two", "How many?", "How many boats were lost?"),
        ("Who built the pier?", "Lund", "when?", "When was it that Lund built the pier?"),
        ("How many cars did it carry?", "40", "Since when?", "Since when did it carry?"),
        (
            "When did Islay get a pier? (about: the Treaty)", "1861", "Why?",
            "Why did Islay get a pier? (about: the Treaty)",
        ),
        ("When did Jura join?", "1903", "And Islay?", "When did Islay join?"),
        ("Which boats did Jura keep?", "two", "And Islay?", "Which boats did Islay keep?"),
        ("When did Jura join in 1903?", "May", "And in 1904?", "When did Jura join in 1904?"),
        ("How many boats may Jura keep?", "9", "What about cars?", "How many cars may Jura keep?"),
        ("Who spoke for Jura in Oban?", "Holm", "And for Islay?", "Who spoke for Islay in Oban?"),
        ("Who built the Old Pier?", "Lund", "What about the ferry?", "Who built the ferry?"),
        (
            "What did Jura build in the Sound of Islay?", "a pier", "And in Oban?",
            "What did Jura build in Oban?",
        ),
        (
            "What did Jura build in Oban in 1903?", "a pier", "And in Port Ellen in 1904?",
            "What did Jura build in Port Ellen in 1904?",
        ),
        (
            "When was the pier of Port Ellen built?", "1861", "And the airport?",
            "When was the airport of Port Ellen built?",
        ),
        (
            "What did Jura build in 1903?", "a pier", "And in Oban by 1904?",
            "What did Jura build in Oban by 1904?",
        ),
        (
            "What did Jura build in Islay?", "a pier", "And in Port Ellen in Scotland?",
            "What did Jura build in Port Ellen in Scotland?",
        ),
        (
            "How many live in Oban?", "900", "And in the Isle of Jura?",
            "How many live in the Isle of Jura?",
        ),
        (
            "How many boats of Jura were lost?", "40", "And cars?",
            "How many cars of Jura were lost?",
        ),
        (
            "When was the League of Ports founded?", "1861", "And the United Isles?",
            "When was the United Isles founded?",
        ),
        (
            "When was the pier of Port Ellen built?", "1861", "And the Ferry House?",
            "When was the Ferry House built?",
        ),
        (
            "When was the pier of Port Ellen built?", "1861", "And the airport of Jura?",
            "When was the airport of Jura built?",
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
    assert fill_in("And Islay?", Turn("Who spoke at the Oban summit?", "Lund")) is None
    assert fill_in("And at Oban in May?", Turn("What did Jura build in Islay?", "")) is None
    assert fill_in("And oil?", Turn("How many boats may Jura keep?", "9")) is None
    assert fill_in("Which ones?", Turn("When did it burn?", "1903")) is None
    assert fill_in("When?", Turn("Who built the pier?", "")) is None
    assert fill_in("When?", Turn("Name the piers.", "Lund")) is None
    assert fill_in("When?", Turn("Who built the pier?", "the men " * 7)) is None
    assert fill_in("And Norway?", Turn("Name the king of it.", "")) is None
    assert fill_in("What about its size?", Turn("Who built the Old Pier?", "Lund")) is None


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("And Jura, when did it join?", "When did Jura join?"),
        ("What about the old boats, where are they kept?", "Where are the old boats kept?"),
        ("And in 1903, did it burn?", "And in 1903, did it burn?"),
        ("But Lund, who was a builder, said it.", "But Lund, who was a builder, said it."),
        ("When did it join?", "When did it join?"),
    ],
)
def test_what_a_question_begins_with_is_put_where_it_belongs(question: str, expected: str) -> None:
    assert straighten(question) == expected


def test_much_white_space_takes_no_time() -> None:
    asked = f"when is{' ' * 100_000}x"
    assert fill_in("Why?", Turn(asked, "")) == "Why is x?"
