from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.terms import query_terms, terms


def test_words_are_folded_and_stemmed() -> None:
    assert terms("Peacekeepers were DEPLOYED") == ["peacekeep", "were", "deploy"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CFE", ["cfe"]),
        ("U.S.", ["us"]),
        ("US", ["us"]),
        ("U.S.A.", ["usa"]),
        ("1997", ["1997"]),
        ("1,000", ["1000"]),
        ("1990,1991", ["1990", "1991"]),
        ("3.5", ["3.5"]),
        ("9/11", ["9/11", "9", "11"]),
        ("27.05.1997", ["27.05.1997", "27", "05", "1997"]),
        ("1997\u20132008", ["1997-2008", "1997", "2008"]),
        ("NATO-Russia", ["natorussia", "nato", "russia"]),
        ("NATO\u2013Russia", ["natorussia", "nato", "russia"]),
        ("F-16", ["f16", "f", "16"]),
        ("snake_case", ["snake", "case"]),
    ],
)
def test_acronyms_numbers_and_compounds_keep_their_parts(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("NATO Russia", "the NATO-Russia Council"),
        ("NATO-Russia", "NATO and Russia"),
        ("cooperation", "co-operation"),
        ("Sudossetien", "in Südossetien"),
        ("Südossetien", "in Sudossetien"),
        ("Südossetien", "in Su\u0308dossetien"),
        ("Łódź", "Lodz"),
        ("Øresund", "oresund"),
        ("Russia", "Russia's"),
        ("Russia", "Russia\u2019s"),
        ("states", "the states' rights"),
        ("O'Brien", "OBrien"),
        ("office", "o\ufb03ce"),
        ("cooperation", "coope\u00adration"),
        ("U.S. Army", "US"),
    ],
)
def test_query_shares_a_term_with_text(query: str, text: str) -> None:
    assert set(query_terms(query)) & set(terms(text))


def test_compound_terms_follow_the_order_of_the_text() -> None:
    assert terms("The NATO-Russia Founding Act")[0] == "the"
    assert terms("The NATO-Russia Founding Act")[-2:] == ["found", "act"]


def test_query_loses_its_stop_words() -> None:
    assert query_terms("When was the Founding Act signed?") == ["found", "act", "sign"]
    assert query_terms("What's Russia's view?") == ["russia", "view"]


def test_query_of_stop_words_keeps_them() -> None:
    assert query_terms("To be or not to be?") == terms("to be or not to be")


def test_acronym_that_spells_a_stop_word_is_kept() -> None:
    assert query_terms("What is the WHO?") == ["who"]
    assert query_terms("who is it") == ["who", "is", "it"]


def test_query_all_in_capitals_loses_its_stop_words() -> None:
    assert query_terms("WHAT IS NATO?") == ["nato"]


@pytest.mark.parametrize("text", ["", " \n", "?! …", "—"])
def test_text_without_letters_and_digits_has_no_terms(text: str) -> None:
    assert terms(text) == []
    assert query_terms(text) == []


@given(st.text())
def test_what_is_asked_in_the_words_of_a_text_finds_it(text: str) -> None:
    assert set(query_terms(text)) <= set(terms(text)) | set(terms(text.lower()))
    assert bool(query_terms(text)) == bool(terms(text))


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789.,-/'\u2019 "))
def test_text_with_a_letter_or_digit_has_terms_and_none_is_empty(text: str) -> None:
    assert any(map(str.isalnum, text)) == bool(terms(text))
    assert all(terms(text))


def test_threads_stem_alike() -> None:
    words = [f"nation{'al' * (i % 3)} organisation{i} deploying{i}" for i in range(2000)]
    expected = [f"organisation{i}" for i in range(2000)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(terms, words))
    assert [term[1] for term in found] == expected
    assert found[3][0] == terms("nation")[0]
