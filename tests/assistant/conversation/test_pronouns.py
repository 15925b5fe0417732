from __future__ import annotations

import pytest

from assistant.conversation.pronouns import resolve
from assistant.records import Turn

PIER = Turn("Who built the Old Pier of Port Ellen?", "Anders Lund")
COUNCIL = Turn("What took the place of the Old Committee?", "the Ferry Council")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("When did it burn down?", "When did the Old Pier of Port Ellen burn down?"),
        ("Who paid for its roof?", "Who paid for the Old Pier of Port Ellen's roof?"),
        ("He died when?", "Anders Lund died when?"),
        ("It burned when?", "The Old Pier of Port Ellen burned when?"),
        ("Did Anders Lund see him?", None),
        ("Did he see it burn?", "Did Anders Lund see the Old Pier of Port Ellen burn?"),
        ("Who was his wife?", "Who was Anders Lund's wife?"),
        ("Who met her in Oban?", "Who met Anders Lund in Oban?"),
        ("Who was that man?", "Who was Anders Lund?"),
    ],
)
def test_person_and_thing_are_told_apart_by_the_question_that_named_them(
    question: str, expected: str | None
) -> None:
    assert resolve(question, [PIER]) == expected


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        (COUNCIL, "When was it founded?", "When was the Ferry Council founded?"),
        (
            Turn("When was the Ferry Council founded?", "1903"), "Who led it?",
            "Who led the Ferry Council?",
        ),
        (
            Turn("Where was the Old Pier built?", "in Port Ellen"), "When did it burn?",
            "When did the Old Pier burn?",
        ),
        (
            Turn("Where was the Old Pier built?", "in Port Ellen"), "Who lives there?",
            "Who lives in Port Ellen?",
        ),
        (Turn("When was the Old Pier built?", "1861"), "Who ruled then?", "Who ruled in 1861?"),
        (
            Turn("When was the Old Pier built?", "1861"), "What has changed since then?",
            "What has changed since 1861?",
        ),
        (
            Turn("Which islands joined in 1903?", "Jura and Islay"), "Why did they join?",
            "Why did Jura and Islay join?",
        ),
        (
            Turn("Which islands joined in 1903?", "Jura and Islay"), "Which one left?",
            "Which of Jura and Islay left?",
        ),
        (
            Turn("When was the Harbour Treaty signed?", "1903"), "When did that treaty end?",
            "When did the Harbour Treaty end?",
        ),
        (
            Turn("Who shut the airport of Oban?", ""), "Who runs the airport?",
            "Who runs the airport of Oban?",
        ),
        (
            Turn("Who drew it?", "The British surveyor, Ann Holm"), "Was she paid?",
            "Was Ann Holm paid?",
        ),
        (Turn("Who drew it?", "the Survey Office"), "Was he paid?", None),
        (Turn("Who drew it?", "Lund and Holm"), "Was he paid?", None),
        (Turn("Who drew it?", "Lund and Holm"), "Were they paid?", "Were Lund and Holm paid?"),
        (Turn("Who drew it?", "Magnus"), "Who was his wife?", "Who was Magnus' wife?"),
        (
            Turn("Which society owns it?", "the Fair Traders' Society"), "Who led that society?",
            "Who led the Fair Traders' Society?",
        ),
        (
            Turn("What hit the Old Pier?", "the barge"), "Who owned it?", "Who owned the barge?",
        ),
        (
            Turn("When did Lund buy the Old Lamp for the Ruvaal Light?", ""), "Who lit it?",
            "Who lit the Old Lamp?",
        ),
        (
            Turn("When did the keepers of the Ferry Council meet?", "1861"), "Who led it?",
            "Who led the Ferry Council?",
        ),
        (
            Turn("Why did Lund become a member of the Ferry Council?", ""), "Who led it?",
            "Who led the Ferry Council?",
        ),
        (
            Turn("When was a New Oban treaty signed?", "1903"), "Who broke it?",
            "Who broke a New Oban treaty?",
        ),
        (
            Turn("Why did New Oban buy the Old Pier?", ""), "When did they pay?",
            "When did New Oban pay?",
        ),
    ],
)  # fmt: skip
def test_pronoun_stands_for_what_was_asked_for_or_else_asked_about(
    before: Turn, question: str, expected: str | None
) -> None:
    assert resolve(question, [before]) == expected


def test_answer_is_spoken_of_still_when_the_next_question_takes_it_up() -> None:
    history = [
        Turn("Who led the union?", "Lund"),
        Turn("What party did Lund belong to?", "the Centre"),
        Turn("When did Lund resign?", "1994"),
        Turn("Who followed Lund?", "Ann Holm"),
        Turn("When was Ann Holm elected?", "1995"),
    ]
    assert resolve("What did she promise?", history) == "What did Ann Holm promise?"
    assert resolve("What did he promise?", history[:3]) == "What did Lund promise?"
    of_another = [Turn("Who led the union?", "Lund"), Turn("When was Ann Holm born?", "1951")]
    assert resolve("Where did she live?", of_another) == "Where did Ann Holm live?"
    placed = [
        Turn("Which office runs the Old Pier?", "the Ferry Council"),
        Turn("Where does the Ferry Council meet?", "Port Ellen"),
    ]
    assert resolve("When was it founded?", placed) == "When was the Ferry Council founded?"


def test_name_is_a_place_everywhere_once_it_was_one() -> None:
    history = [Turn("How many live in Oban?", "900"), Turn("When did Lund leave Oban?", "1904")]
    assert resolve("Why did he go?", history) == "Why did Lund go?"
    born = [Turn("Where was Lund born?", "New Oban"), Turn("When did Lund leave New Oban?", "1904")]
    assert resolve("Why did he go?", born) == "Why did Lund go?"


def test_person_who_was_asked_for_is_neither_it_nor_they() -> None:
    history = [
        Turn("Who led the union?", "Ann Holm"),
        Turn("When did Ann Holm shut the lamps?", "1861"),
    ]
    assert resolve("Who lit them?", history) == "Who lit the lamps?"


@pytest.mark.parametrize(
    "history",
    [
        (
            Turn("Which office runs it?", "the Ferry Council"),
            Turn("When did the Old Pier open?", ""),
        ),
        (Turn("Who shut the Old Pier?", "the Survey Office"),),
        (Turn("What happened to the Old Pier?", "The Kittiwake hit it"),),
        (Turn("Why did the Old Pier burn?", "The Lamp House fire"),),
        (Turn("When did the Ferry Council buy the Old Pier?", "1861"),),
        (Turn("Who was hurt? (about: the Old Pier; the Ferry Council)", "Lund"),),
        (Turn("When did the keeper of the lamp see the Old Pier and the roof?", "1861"),),
    ],
)
def test_thing_that_was_asked_about_is_spoken_of(history: tuple[Turn, ...]) -> None:
    assert resolve("Who paid for it?", history) == "Who paid for the Old Pier?"


def test_two_who_were_asked_for_one_by_one_are_they() -> None:
    history = [Turn("Who spoke for Jura?", "Lund"), Turn("Who spoke for Islay?", "Holm")]
    assert resolve("How often did they meet?", history) == "How often did Lund and Holm meet?"


def test_name_is_given_in_full() -> None:
    history = [Turn("When was Ann Holm born?", "1951"), Turn("Who left Jura?", "Holm")]
    assert resolve("Why did she leave?", history) == "Why did Ann Holm leave?"


@pytest.mark.parametrize(
    "question",
    [
        "How long did it take to build?",
        "Who runs the IT?",
        "What had Holm done before she was elected?",
        "Did the Ferry Council keep its boats?",
        "Is there a harbour?",
        "Who keeps the lighthouse?",
    ],
)
def test_question_that_refers_to_nothing_before_it_is_left(question: str) -> None:
    assert resolve(question, [PIER, COUNCIL]) is None


@pytest.mark.parametrize(
    "question",
    [
        "What is the Harbour Board and who leads it?",
        "What is the Harbour Board, and in which year was it founded?",
        "What is the Harbour Board; when was it founded?",
        "Is there a lamp in Oban? Who keeps it?",
        "Where is Oban and who lives there?",
        "What are lamps and how are they lit?",
        "What is peat, and who cuts it?",
        "Who signed the accord and when did she die?",
        "When Holm met Lund, what did he propose?",
        "Although Jura signed the accord, why did it fail?",
        "If Jura leaves the union, what will replace it?",
        "After the accord was signed, who broke it?",
        "What was the length of the jetty, was it rebuilt?",
    ],
)
def test_pronoun_that_an_earlier_clause_names_something_for_is_left(question: str) -> None:
    assert resolve(question, [PIER, COUNCIL]) is None


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("And who leads it?", "And who leads the Ferry Council?"),
        (
            "When was it founded and who leads it?",
            "When was the Ferry Council founded and who leads it?",
        ),
        (
            "Why did he leave when it ended?",
            "Why did Anders Lund leave when the Ferry Council ended?",
        ),
        ("When he left, who led it?", "When Anders Lund left, who led the Ferry Council?"),
        ("Who was mayor when he left?", "Who was mayor when Anders Lund left?"),
        ("What is peat and did he cut it?", "What is peat and did Anders Lund cut it?"),
        ("Did Holm, who led it, resign?", "Did Holm, who led the Ferry Council, resign?"),
        ("When did Holm, in anger, leave it?", "When did Holm, in anger, leave the Ferry Council?"),
        ("After the war, who led it?", "After the war, who led the Ferry Council?"),
        (
            "Since the end of the war in Oban, who led it?",
            "Since the end of the war in Oban, who led the Ferry Council?",
        ),
        ("When did the U.S. do it?", "When did the U.S. do the Ferry Council?"),
    ],
)
def test_pronoun_that_the_question_names_nothing_for_is_still_understood(
    question: str, expected: str
) -> None:
    assert resolve(question, [PIER, COUNCIL]) == expected


@pytest.mark.parametrize(
    "answer",
    [
        "It is the Ferry Council",
        "the Office of the Keeper of the Lamps of the Harbour of the Island",
    ],
)
def test_clause_or_long_answer_is_no_name(answer: str) -> None:
    history = [Turn("Which office runs the Old Pier?", answer)]
    assert resolve("Where is it?", history) == "Where is the Old Pier?"
