from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from assistant.answering import Assistant
from assistant.drafting import Draft, Kind
from assistant.suggesting import Answered, Suggestion, choose, suggest, take_turns
from index.documents import document_id
from index.ingest import index
from index.library import Library
from index.store import Store
from tests.assistant.known_answers import KnownAnswers

PIER = "When was the Harwick pier opened?"
BRIDGE = "Who opened the Alba bridge in 1931?"
BRIDGE_DATE = "When did General Finn Holm open the Alba bridge?"
FILES = {
    "pier.txt": "The Harwick pier was opened on 12 June 1861.\n",
    "bridge.txt": "General Finn Holm opened the Alba bridge in 1931.\n",
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    folder = tmp_path / "harbour"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text)
    with Store.open(tmp_path / "index", embedder_name=None, create=True) as store:
        list(index(store, [folder], embedder=None))
        yield store


def test_what_is_answered_as_drafted_is_suggested_the_surest_first(store: Store) -> None:
    reader = KnownAnswers({PIER: ("12 June 1861", 1.0), BRIDGE: ("General Finn Holm", 3.0)})
    assert suggest(Assistant(store, None, reader)) == (
        Suggestion(BRIDGE, document_id("harbour", "bridge.txt"), "bridge"),
        Suggestion(PIER, document_id("harbour", "pier.txt"), "pier"),
    )
    assert sorted(reader.asked) == [BRIDGE_DATE, PIER, BRIDGE]


def test_what_is_answered_otherwise_or_declined_is_not_suggested(store: Store) -> None:
    reader = KnownAnswers({PIER: ("Harwick", 3.0), BRIDGE: ("General Finn Holm", -1.0)})
    assert suggest(Assistant(store, None, reader)) == ()


def test_an_answer_that_shares_most_of_its_words_will_do(store: Store) -> None:
    reader = KnownAnswers({PIER: ("on 12 June 1861", 1.0), BRIDGE: ("Holm", 3.0)})
    (suggestion,) = suggest(Assistant(store, None, reader))
    assert suggestion.question == PIER


def test_it_stops_when_it_is_told_and_returns_what_it_has(store: Store) -> None:
    reader = KnownAnswers({PIER: ("12 June 1861", 1.0), BRIDGE: ("General Finn Holm", 3.0)})
    assistant = Assistant(store, None, reader)
    asked = count()
    # It may go on for the two documents and for one question.
    assert len(suggest(assistant, may_go_on=lambda: next(asked) < 3)) == 1
    assert len(reader.asked) == 1
    assert suggest(assistant, may_go_on=lambda: False) == ()


def test_a_document_that_is_removed_meanwhile_is_passed_over(store: Store) -> None:
    assistant = Assistant(store, None, KnownAnswers({PIER: ("12 June 1861", 1.0)}))
    library = Library(store, None, max_bytes=1)
    bridge = document_id("harbour", "bridge.txt")

    def remove_bridge() -> bool:
        if bridge in [document.id for document in store.documents()]:
            library.remove(bridge)
        return True

    assert [one.question for one in suggest(assistant, may_go_on=remove_bridge)] == [PIER]


def test_an_empty_index_suggests_nothing(tmp_path: Path) -> None:
    with Store.open(tmp_path / "index", embedder_name=None, create=True) as store:
        assert suggest(Assistant(store, None, KnownAnswers({}))) == ()


def drafted(kind: Kind, question: str) -> Draft:
    return Draft(kind, question, "", "", 0, 0)


def test_documents_take_turns_and_kinds_that_were_asked_least_come_first() -> None:
    first = [
        drafted(Kind.LETTERS, "a"),
        drafted(Kind.WHEN, "b"),
        drafted(Kind.WHEN, "c"),
        drafted(Kind.WHO, "d"),
    ]
    second = [drafted(Kind.WHEN, "e"), drafted(Kind.WHY, "f"), drafted(Kind.WHEN, "b")]
    asked = [draft.question for draft in take_turns([first, [], second])]
    # b, of the first kind; f, as "when" has been asked; d likewise; then e, as it comes before b.
    assert asked == ["b", "f", "d", "e", "c", "a"]


def test_of_a_kind_the_shortest_is_asked_first_and_what_is_nearly_given_last() -> None:
    one = [
        drafted(Kind.LETTERS, "l"),
        drafted(Kind.WHICH, "w"),
        drafted(Kind.WHEN, "long"),
        drafted(Kind.WHEN, "lo"),
    ]
    assert [draft.question for draft in take_turns([one])] == ["lo", "long", "w", "l"]


def test_no_more_is_asked_than_takes_a_few_seconds() -> None:
    many = [drafted(Kind.WHEN, f"{number}") for number in range(100)]
    assert len(take_turns([many])) == len(take_turns([[one] for one in many])) == 18


def answered(question: str, confidence: float, document: str, kind: Kind = Kind.WHEN) -> Answered:
    return Answered(Suggestion(question, document, document), kind, question, confidence)


def chosen(found: list[Answered]) -> str:
    return "".join(suggestion.question for suggestion in choose(found))


def test_the_surest_of_each_document_come_before_a_second_of_one() -> None:
    found = [
        answered("a", 0.9, "one"),
        answered("b", 0.8, "one", Kind.WHO),
        answered("c", 0.7, "two", Kind.WHO),
    ]
    assert chosen(found) == "acb"


def test_of_questions_answered_about_as_surely_the_shortest_comes_first() -> None:
    found = [answered("aa", 0.94, "one"), answered("b", 0.86, "two"), answered("c", 0.84, "three")]
    assert chosen(found) == "baac"


def test_two_of_a_kind_are_enough_while_there_are_others() -> None:
    found = [answered(name, 0.9, name) for name in "abcd"]
    found += [answered(name, 0.6, "one", Kind.WHO) for name in "xyz"]
    # Of four documents a "when" each: two of them, then the others, and at last a third.
    assert chosen(found) == "abxycz"


def test_a_sentence_is_asked_about_once_and_six_questions_are_chosen() -> None:
    twice = Answered(Suggestion("z", "a", "a"), Kind.WHO, "a", 0.5)
    kinds = [kind for kind in Kind if kind is not Kind.WHEN]
    found = [answered("a", 0.9, "a"), twice]
    found += [answered(f"{at}", 0.8, f"{at}", kind) for at, kind in enumerate(kinds)]
    assert chosen(found) == "a01234"
