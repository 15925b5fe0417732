from __future__ import annotations

import pytest

from assistant.reader.lists import asks_for_several, items_around
from tests.assistant.reader.making import hit_of

TEXT = (
    "It met twice. The council has three tasks:\nto consult\nto cooperate. This is new.\n"
    "to act together\n\nIt sits in Brussels."
)


@pytest.mark.parametrize(
    "question",
    [
        "Which countries joined NATO in 1999?",
        "Which three developments worried Russia?",
        "What are the tasks of the council?",
        "What weapons were limited?",
        "Name the members of the council.",
    ],
)
def test_question_asks_for_several(question: str) -> None:
    assert asks_for_several(question)


@pytest.mark.parametrize(
    "question",
    [
        "What is this about?",
        "What happens if a state leaves?",
        "What causes delays?",
        "What is Russia's view?",
        "How many tanks were destroyed?",
        "Which year was it?",
        "What was the process?",
    ],
)
def test_question_asks_for_one_thing(question: str) -> None:
    assert not asks_for_several(question)


@pytest.mark.parametrize("quote", ["three tasks", "to cooperate", "act together"])
def test_items_are_those_of_the_list_around_a_span(quote: str) -> None:
    hit = hit_of(TEXT, start=50)
    at = 50 + TEXT.index(quote)
    items = items_around(hit, (at, at + len(quote)))
    assert [TEXT[a - 50 : b - 50] for a, b in items] == [
        "to consult",
        "to cooperate. This is new.",
        "to act together",
    ]


def test_span_that_is_a_lesser_part_of_an_item_answers_alone() -> None:
    text = "Two events shaped it:\nthe invitation of Hungary and Poland in 1997;\nthe war of 1999."
    at = text.index("Hungary and Poland")
    assert items_around(hit_of(text), (at, at + len("Hungary and Poland"))) == ()


def test_items_end_before_what_parts_them() -> None:
    text = "It did three things:\nit met;\nit spoke, and\nit left."
    items = items_around(hit_of(text), (21, 27))
    assert [text[start:end] for start, end in items] == ["it met", "it spoke", "it left."]


@pytest.mark.parametrize("quote", ["twice", "Brussels"])
def test_span_outside_a_list_has_no_items(quote: str) -> None:
    at = TEXT.index(quote)
    assert items_around(hit_of(TEXT), (at, at + len(quote))) == ()


def test_colon_within_running_text_introduces_no_list() -> None:
    text = "It said: We agree. Nobody else did."
    assert items_around(hit_of(text), (9, 18)) == ()
