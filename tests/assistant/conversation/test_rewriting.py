from __future__ import annotations

import pytest

from assistant.conversation.rewriting import rewrite
from assistant.records import Turn

PIER = Turn("Who built the Old Pier of Port Ellen?", "Anders Lund")


def meant(*terms: str) -> dict[str, float]:
    return dict.fromkeys(terms, 0.9)


@pytest.mark.parametrize(
    ("question", "carried", "expected"),
    [
        ("When did it burn down?", ("old", "pier"), "When did the Old Pier burn down?"),
        ("Who paid for its roof?", ("old", "pier"), "Who paid for the Old Pier's roof?"),
        ("He died when?", ("ander", "lund"), "Anders Lund died when?"),
        ("When?", ("old", "pier"), "When? (about: the Old Pier)"),
        ("When did it burn?", ("built",), "When did it burn? (about: built)"),
        (
            "Did he see it?",
            ("ander", "lund", "old", "pier"),
            "Did Anders Lund see it? (about: the Old Pier)",
        ),
        ("Where is that harbour?", (), "Where is that harbour?"),
    ],
)
def test_pronoun_gives_way_to_a_name_and_the_rest_follows(
    question: str, carried: tuple[str, ...], expected: str
) -> None:
    weights = meant(*carried) | dict.fromkeys({"ander", "lund"} & set(carried), 0.95)
    assert rewrite(question, [PIER], weights) == expected


def test_words_that_stand_together_are_one_phrase() -> None:
    history = [Turn("What was the cause of the fire in Port Ellen?", "the Harbour of Islay")]
    terms = "caus", "fire", "port", "ellen", "harbour", "islay"
    assert rewrite("Why?", history, meant(*terms)) == (
        "Why? (about: the cause of the fire, Port Ellen, the Harbour of Islay)"
    )


def test_possessive_is_not_carried_over() -> None:
    history = [Turn("What was Lund's first bridge?", "")]
    assert rewrite("Was he paid?", history, meant("lund")) == "Was Lund paid?"


def test_half_a_name_is_not_carried_over() -> None:
    assert rewrite("When?", [PIER], {"old": 0.9, "pier": 0.9, "ander": 0.6, "lund": 0.1}) == (
        "When? (about: the Old Pier)"
    )
    assert rewrite("Which port?", [PIER], {"ellen": 0.9}) == "Which port? (about: Port Ellen)"


def test_acronym_is_no_pronoun() -> None:
    weights = meant("old", "pier")
    assert rewrite("Who runs the IT there?", [PIER], weights) == (
        "Who runs the IT there? (about: the Old Pier)"
    )


def test_phrase_of_very_many_words_is_covered_all_the_same() -> None:
    people = [f"Person{number}" for number in range(120)]
    history = [Turn(f"Who is {' '.join(people)} {last}?", "") for last in ("Emu", "Kiwi")]
    terms = [*(name.lower() for name in people), "emu", "kiwi"]
    assert "Emu" in rewrite("When?", history, meant(*terms))
