from __future__ import annotations

import pytest

from assistant.conversation.phrases import Kind, is_plural, phrases


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("When was the Harbour Treaty signed?", ["the Harbour Treaty"]),
        ("When did the Kittiwake sink?", ["the Kittiwake"]),
        ("When did the talks at Oban open?", ["the talks at Oban"]),
        ("How does the Ferry Council take decisions?", ["the Ferry Council"]),
        ("Where was the museum of the Old Pier built?", ["the museum of the Old Pier"]),
        ("When did Ann Holm leave Jura?", ["Ann Holm", "Jura"]),
        ("How many lamps were lit in Oban?", ["the lamps", "Oban"]),
        ("When did Lund publish his report?", ["Lund", "the report"]),
        ("When did Danish divers reach the wreck?", ["Danish divers", "the wreck"]),
        ("When did Danish take hold?", ["Danish"]),
        ("What did the keeper's wife see?", ["the keeper"]),
        ("When did J. A. Lund join?", ["J. A. Lund"]),
        ("Which lamp was lit?", []),
        ("Who was there in March 1903?", []),
    ],
)
def test_noun_phrases_end_before_the_verb(question: str, expected: list[str]) -> None:
    assert [phrase.text for phrase in phrases(question)] == expected


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("Did Jura, Islay and Mull join?", [Kind.SEVERAL]),
        ("When did the keepers leave?", [Kind.SEVERAL]),
        ("Where are the headquarters of the council?", [Kind.THING]),
        ("Who joined RNLI in Oban?", [Kind.THING, Kind.PLACE]),
        ("Who met Holm?", [Kind.NAME]),
    ],
)
def test_form_tells_what_a_phrase_can_name(question: str, kinds: list[Kind]) -> None:
    assert [phrase.kind for phrase in phrases(question)] == kinds


def test_phrase_stands_where_it_says() -> None:
    question = "Who built the Old Pier of Port Ellen?"
    (phrase,) = phrases(question)
    assert question[phrase.start : phrase.end] == phrase.text == "the Old Pier of Port Ellen"


def test_headquarters_are_one_and_people_are_several() -> None:
    assert [is_plural(noun) for noun in ("headquarters", "class", "people", "ships")] == [
        False, False, True, True,
    ]  # fmt: skip


def test_very_long_question_takes_no_time() -> None:
    assert len(list(phrases("the Pier, " * 20_000))) >= 1
