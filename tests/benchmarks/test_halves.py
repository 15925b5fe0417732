from __future__ import annotations

from hashlib import sha256

import pytest

from assistant.testsets.records import Conversation, CorpusDocument, GoldQuestion, TestSet
from benchmarks.halves import digest, held_back, is_held_back

# First bytes of their SHA-256: "abc" ba, "" e3, "message digest" f7 (FIPS 180's own examples).
ODD, EVEN = "message digest", "abc"


def test_a_digest_is_the_sha256_of_the_name() -> None:
    assert digest("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize(("name", "expected"), [(ODD, True), (EVEN, False), ("", True)])
def test_an_odd_first_byte_is_held_back(name: str, expected: bool) -> None:
    assert is_held_back(name) == expected
    assert sha256(name.encode()).digest()[0] % 2 == expected


def make(form: str, *questions: GoldQuestion) -> TestSet:
    documents = (CorpusDocument("1-1", ODD, "One."), CorpusDocument("2-1", EVEN, "Two."))
    conversations = tuple(Conversation((question,)) for question in questions)
    return TestSet("set", form, conversations, {}, documents)


def ids(test_set: TestSet) -> list[str]:
    return [question.id for question in test_set.questions]


def test_squad_is_divided_by_the_titles_of_its_articles() -> None:
    first = GoldQuestion(EVEN, "Who?", ("One",), "1-1")
    second = GoldQuestion(ODD, "Who else?", ("Two",), "2-1")
    assert ids(held_back(make("squad", first, second))) == [EVEN]


def test_a_beir_folder_is_divided_by_the_ids_of_its_queries() -> None:
    queries = [GoldQuestion(name, "What?", None) for name in (ODD, EVEN)]
    assert ids(held_back(make("beir", *queries))) == [ODD]


def test_a_test_set_of_the_projects_own_form_stays_whole() -> None:
    questions = [GoldQuestion(name, "What?", ("It",)) for name in (ODD, EVEN)]
    assert ids(held_back(make("jsonl", *questions))) == [ODD, EVEN]
