from __future__ import annotations

import pytest

from index.abbreviations import find_abbreviations, names_in, put_in_words_of

PJC = {"PJC": "Permanent Joint Council"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It made the Permanent Joint Council (PJC) in 1997.", PJC),
        ("It made the Permanent\nJoint Council (PJC).", PJC),
        ("the NATO-Russia Council (NRC)", {"NRC": "NATO-Russia Council"}),
        ("the Partnership for Peace (PfP)", {"PfP": "Partnership for Peace"}),
        (
            "nuclear forces of intermediate range (NFIR)",
            {"NFIR": "nuclear forces of intermediate range"},
        ),
        ("the Steel Co-operation's (SC) head", {"SC": "Steel Co-operation"}),
        (
            "the Treaty on Conventional Forces in Europe (CFE)",
            {"CFE": "Conventional Forces in Europe"},
        ),
        (
            "the Kosovo Force (KFOR), the Stabilisation Force (SFOR)",
            {"KFOR": "Kosovo Force", "SFOR": "Stabilisation Force"},
        ),
        ("It was signed (see Annex) in Paris (Rome) and (1997).", {}),
        ("It was signed by a minister (PJC).", {}),
        ("(PJC) is short.", {}),
        ("the PJC (PJC)", {}),
        ("the inspection (II) of 1997", {}),
        ("A" * 5000 + " (ABC)", {}),
    ],
)
def test_abbreviations_are_found_with_what_they_stand_for(text: str, found: dict[str, str]) -> None:
    assert find_abbreviations([text]) == found


def test_abbreviation_that_stands_for_two_things_is_left_out() -> None:
    council, plans = "the Permanent Joint Council (PJC)", "the Action Plans (AP)"
    assert find_abbreviations(
        [council, plans, "a Polish Jazz Club (PJC)", "an ACTION PLAN (AP)"]
    ) == {"AP": "Action Plans"}


@pytest.mark.parametrize(
    ("text", "question", "put"),
    [
        (
            "It replaced the PJC.",
            "What replaced the Permanent Joint Council?",
            "What replaced the PJC?",
        ),
        (
            "It replaced the PJC.",
            "What replaced the permanent joint council?",
            "What replaced the PJC?",
        ),
        (
            "The Permanent\nJoint Council met.",
            "Where did the PJC meet?",
            "Where did the Permanent Joint Council meet?",
        ),
        (
            "The Permanent Joint Council (PJC) met.",
            "Where did the PJC meet?",
            "Where did the PJC meet?",
        ),
        ("It met.", "Where did the PJC meet?", "Where did the PJC meet?"),
        (
            "The PJCs met.",
            "Is this the Permanent Joint Council?",
            "Is this the Permanent Joint Council?",
        ),
        ("The Permanent Joint Council met.", "Who is a pjc?", "Who is a pjc?"),
    ],
)
def test_question_is_put_in_the_words_that_a_text_uses(text: str, question: str, put: str) -> None:
    assert put_in_words_of(text, question, names_in(question, PJC)) == put


def test_only_names_in_the_question_count() -> None:
    names = {**PJC, "NRC": "NATO-Russia Council"}
    assert names_in("When did the permanent \n joint council meet?", names) == {
        "Permanent Joint Council": "PJC"
    }
    assert names_in("When did they meet?", names) == {}
    assert names_in("What is the Permanent Joint Council (PJC)?", names) == {}
    assert names_in("What happened?", {"AP": "Action Plan"}) == {}


def test_name_in_capitals_is_the_same_name() -> None:
    names = {"PJC": "PERMANENT JOINT COUNCIL"}
    text, question = "The Permanent Joint Council met.", "Did the PJC meet?"
    assert put_in_words_of(text, question, names) == "Did the PERMANENT JOINT COUNCIL meet?"


def test_what_is_put_in_is_not_replaced_again() -> None:
    names = {"AB": "CD and CD", "CD": "AB and AB"}
    assert put_in_words_of("cd and cd, ab and ab", "AB or CD?", names) == "CD and CD or AB and AB?"


def test_signs_in_names_stand_for_themselves() -> None:
    question, names = r"Is Council \1 of (Berlin old?", {r"Council \1 of (Berlin": "C.B"}
    assert put_in_words_of("C.B", question, names) == "Is C.B old?"
    assert put_in_words_of("CxB", question, names) == question
    back = {other: name for name, other in names.items()}
    put = put_in_words_of(r"Council \1 of (Berlin", "Is CxB or C.B old?", back)
    assert put == r"Is CxB or Council \1 of (Berlin old?"
