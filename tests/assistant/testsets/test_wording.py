from __future__ import annotations

import pytest

from assistant.testsets.records import Conversation, GoldQuestion
from assistant.testsets.wording import can_be_understood, check_wording


def asked(*questions: tuple[str, str]) -> list[Conversation]:
    """Make a test set of questions and their answers ("" for none), numbered from 1."""
    return [
        Conversation((GoldQuestion(str(number), text, (answer,) if answer else ()),))
        for number, (text, answer) in enumerate(questions, start=1)
    ]


def found(*questions: tuple[str, str]) -> list[tuple[str, str]]:
    return [(finding.id, finding.kind.value) for finding in check_wording(asked(*questions))]


@pytest.mark.parametrize(
    "question",
    [
        "When was it signed?",
        "When did they join the Alba League?",
        "Which countries signed it?",
        "How many members did it have?",
        "What was her first post?",
        "Who founded this league?",
        "When did that war end?",
        "Where did these talks take place?",
        "Who?",
        "And then?",
    ],
)
def test_a_question_that_leans_on_what_is_not_said_is_told(question: str) -> None:
    assert not can_be_understood(question)


@pytest.mark.parametrize(
    "question",
    [
        "When was the pier opened?",
        "What did the Alba League do when it lost?",
        "Which board pays for its own docks?",
        "Who sold his ferry?",
        "What do those who fish pay?",
        "What is the toll compared to that of the ferry?",
        "How is it made sure that nobody cheats?",
        "How long does it take to cross the bay?",
        "Who runs IT?",
        "What did this league sign in 1951?",
        "Who won?",
    ],
)
def test_a_question_that_says_what_it_is_about_is_not(question: str) -> None:
    assert can_be_understood(question)


def test_an_answer_in_its_question_is_told_as_whole_words() -> None:
    assert found(("Was Ada Lund the mayor?", "ada  lund")) == [("1", "answer_in_question")]
    assert found(("Which fleet sailed in 2012?", "12")) == []


def test_the_same_question_is_told_once_whether_its_answers_agree_or_not() -> None:
    again = "When was  Alba opened"
    assert found(("When was Alba opened?", "1861"), (again, "in 1861")) == [
        ("2", "repeated_question")
    ]
    assert found(("When was Alba opened?", "1861"), (again, "1931")) == [
        ("2", "conflicting_answers")
    ]
    assert found(("When was Alba opened?", "1861"), (again, "")) == [("2", "conflicting_answers")]


def test_questions_that_ask_for_the_same_in_other_words_are_told() -> None:
    pier = ("When was the Harwick pier opened?", "1861")
    assert found(pier, ("When did the pier of Harwick open?", "1902")) == [
        ("1", "ambiguous_question")
    ]
    assert found(pier, ("When was the Harwick pier opened again?", "1902")) == [
        ("1", "ambiguous_question")
    ]
    assert found(pier, ("When was the Harwick pier for ferries opened?", "1902")) == [
        ("1", "ambiguous_question")
    ]


def test_questions_that_differ_in_what_they_ask_for_or_agree_are_told_apart() -> None:
    pier = ("When was the Harwick pier opened?", "12 June 1861")
    assert found(pier, ("Who opened the Harwick pier?", "Ada Lund")) == []
    assert found(pier, ("When was the Harwick pier for ferries opened?", "June 1861")) == []
    assert found(pier, ("When was the Harwick pier for airships opened?", "")) == []
    assert found(("Who was Ada Lund?", "the mayor"), ("Who was Ada Lund's father?", "Finn")) == []


def test_later_turns_may_lean_on_the_first() -> None:
    turns = (
        GoldQuestion("c#1", "When was the pier opened?", ("1861",)),
        GoldQuestion("c#2", "Who opened it?", ("Ada Lund",)),
        GoldQuestion("c#3", "Was it Ada Lund?", ("Ada Lund",)),
    )
    assert [
        (finding.id, finding.kind.value) for finding in check_wording([Conversation(turns)])
    ] == [("c#3", "answer_in_question")]


def test_conversations_that_go_on_otherwise_are_not_repeated() -> None:
    pier = GoldQuestion("1", "When was the pier opened?", ("1861",))
    by_whom, where = (GoldQuestion("2", "By whom?", ()), GoldQuestion("3", "Where?", ()))
    assert list(check_wording([Conversation((pier, by_whom)), Conversation((pier, where))])) == []
