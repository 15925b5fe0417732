from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.matching import (
    holds_any,
    holds_parts,
    letters,
    slices_to_quote,
    split_parts,
)
from assistant.records import Citation
from index.records import Range


def cite(source: str, ranges: tuple[Range, ...], quote: str) -> Citation:
    digest = sha256(source.encode()).hexdigest()
    return Citation(
        1, "d", "", "d.txt", digest, None, (), quote, quote, ranges, digest, ranges,
        "/documents/d", None, "1970-01-01T00:00:00+00:00",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "gold"),
    [
        ("The NATO-Russia\nCouncil met.", "nato russia council"),
        ("the CFE treaty (1990)", "1990"),
        ("ﬁrst STRASSE", "first Straße"),
        ("in Rus-\nsia", "Rus sia"),
    ],
)
def test_gold_answer_is_found_by_letters_and_digits(text: str, gold: str) -> None:
    assert holds_any(letters(text), [letters("absent"), letters(gold)])


@pytest.mark.parametrize(
    ("text", "gold"), [("in 2012", "12"), ("ten", "—"), ("Parisian", "Paris"), ("", "x")]
)
def test_part_of_a_word_is_not_found(text: str, gold: str) -> None:
    assert not holds_any(letters(text), [letters(gold)])


def test_second_occurrence_counts_where_the_first_is_part_of_a_word() -> None:
    assert holds_any(letters("1912 was not 12"), [letters("12")])


@given(st.text(), st.from_regex(r"[a-z0-9]{1,5}", fullmatch=True), st.text())
def test_word_is_found_whatever_stands_around_it(before: str, word: str, after: str) -> None:
    assert holds_any(letters(f"{before} {word} {after}"), [letters(word)])


@pytest.mark.parametrize(
    ("text", "answer", "is_held"),
    [
        ("Its rails are blue; its stones are red.", "Red; blue", True),
        ("Its stones are red.", "Red; blue", False),
        ("Its stones are red.", "red;", True),
        ("Its stones are red.", ";", False),
        ("Redblue", "Red; blue", False),
    ],
)
def test_parts_of_a_list_stand_anywhere(text: str, answer: str, is_held: bool) -> None:
    assert holds_parts(letters(text), split_parts(answer)) is is_held


def test_citation_is_exact_when_its_ranges_slice_to_its_quote() -> None:
    source = "the Russian leaders could\n7 A footnote.\nhave hoped"
    assert slices_to_quote(cite(source, ((20, 25), (40, 50)), "could have hoped"), source)


@pytest.mark.parametrize(
    ("ranges", "quote"),
    [
        (((0, 3),), "Russian"),
        (((40, 50), (20, 25)), "could have hoped"),
        (((20, 25), (40, 51)), "could have hoped"),
        (((-10, 50),), "have hoped"),
        ((), ""),
    ],
)
def test_citation_that_slices_to_something_else_is_not_exact(
    ranges: tuple[Range, ...], quote: str
) -> None:
    source = "the Russian leaders could\n7 A footnote.\nhave hoped"
    assert not slices_to_quote(cite(source, ranges, quote), source)


def test_citation_of_another_source_is_not_exact() -> None:
    citation = cite("in Paris", ((3, 8),), "Paris")
    assert slices_to_quote(citation, "in Paris")
    assert not slices_to_quote(citation, "in Paris.")
