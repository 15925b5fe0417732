from __future__ import annotations

import pytest

from assistant.conversation.rewriting import rewrite
from assistant.records import Turn

PIER = Turn("Who built the Old Pier of Port Ellen?", "Anders Lund")


def meant(*terms: str, weight: float = 0.9) -> dict[str, float]:
    return dict.fromkeys(terms, weight)


def test_what_is_meant_follows_in_its_noun_phrase() -> None:
    assert rewrite("How many died?", [PIER], meant("old", "pier")) == (
        "How many died? (about: the Old Pier of Port Ellen)"
    )
    assert rewrite("How many died?", [PIER], {}) == "How many died?"


def test_each_noun_phrase_is_a_topic_of_its_own() -> None:
    history = [Turn("What was the cause of the fire in Port Ellen?", "the Harbour of Islay")]
    terms = "caus", "fire", "port", "ellen", "harbour", "islay"
    assert rewrite("Why?", history, meant(*terms)) == (
        "Why? (about: the cause of the fire in Port Ellen; the Harbour of Islay)"
    )


def test_word_outside_a_noun_phrase_and_a_date_are_not_carried_over() -> None:
    history = [Turn("Who built it in March 1861?", "27 men")]
    assert rewrite("Why?", history, meant("built", "march", "1861", "27", "men")) == "Why?"


def test_possessive_is_not_carried_over() -> None:
    history = [Turn("What was Lund's first bridge?", "")]
    assert rewrite("Any other?", history, meant("lund")) == "Any other? (about: Lund)"


def test_half_a_name_is_not_carried_over() -> None:
    assert rewrite("When?", [PIER], {"ander": 0.5, "lund": 0.05}) == "When?"
    assert rewrite("When?", [PIER], {"ander": 0.7, "lund": 0.6}) == "When? (about: Anders Lund)"


@pytest.mark.parametrize(
    ("question", "is_about"),
    [("How many died?", True), ("How many left Jura?", False), ("How many in 1861?", False)],
)
def test_question_with_a_name_needs_stronger_evidence(question: str, *, is_about: bool) -> None:
    weights = meant("ander", "lund", weight=0.4)
    assert rewrite(question, [PIER], weights).endswith("(about: Anders Lund)") == is_about


@pytest.mark.parametrize(
    ("question", "stands_alone"),
    [
        ("What is the Ferry Council?", True),
        ("Who was Ann Holm?", True),
        ("What does PMSC stand for?", True),
        ("What does PMSC do?", False),
        ("What does the Ferry Council mean?", True),
        ("What did Ann Holm mean?", False),
        ("What is the GDP?", False),
        ("Who was the President?", False),
        ("What is a ferry?", False),
        ("Who was chairman?", False),
        (f"What is {'A' * 60} a?", False),
    ],
)
def test_what_a_name_means_is_about_nothing_else(question: str, *, stands_alone: bool) -> None:
    assert (rewrite(question, [PIER], meant("ander", "lund")) == question) == stands_alone


def test_phrase_of_very_many_words_is_covered_all_the_same() -> None:
    people = [f"Person{number}" for number in range(120)]
    history = [Turn(f"Who is {' '.join(people)} {last}?", "") for last in ("Emu", "Kiwi")]
    terms = [*(name.lower() for name in people), "emu", "kiwi"]
    assert "Emu" in rewrite("When?", history, meant(*terms))
