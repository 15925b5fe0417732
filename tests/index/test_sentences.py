from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sentences import split_sentences


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


def test_full_stops_question_marks_and_ellipses_end_sentences() -> None:
    assert sentences("It began. Did it end? It went on… Then it stopped!") == [
        "It began.",
        "Did it end?",
        "It went on…",
        "Then it stopped!",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Mr. Lind met Dr. Olsen, cf. Fig. 3 and pp. 4-5, e.g. Table 2.",
        "The U.S. Senate and the U.N. Charter agree.",
        "J. R. Smith wrote to A. Berg.",
        "He asked “Why now?” and left.",
        "See Doc. No. 5 of the act.",
        "Growth was 3.5 million, i.e. Sweden's size.",
        "1. The parties shall consult.",
    ],
)
def test_abbreviations_initials_and_quotations_do_not_end_sentences(text: str) -> None:
    assert sentences(text) == [text]


def test_abbreviation_ends_a_sentence_before_a_function_word() -> None:
    assert sentences("They met in the U.S. The talks failed.") == [
        "They met in the U.S.",
        "The talks failed.",
    ]


def test_closing_quotes_and_brackets_stay_with_their_sentence() -> None:
    assert sentences('He said "no." (She agreed.) They left.') == [
        'He said "no."',
        "(She agreed.)",
        "They left.",
    ]


def test_years_end_sentences() -> None:
    assert sentences("It was signed in 1997. Five years later it changed.") == [
        "It was signed in 1997.",
        "Five years later it changed.",
    ]


def test_block_within_a_longer_text_keeps_its_offsets() -> None:
    assert split_sentences("xx One. Two. yy", 3, 12) == ((3, 7), (8, 12))


@given(st.text(alphabet=st.sampled_from("aB. !?\"'”)\n1—…。é"), max_size=80))
def test_sentences_hold_every_character_that_is_not_white_space(text: str) -> None:
    ranges = split_sentences(text)
    assert "".join("".join(text[s:e] for s, e in ranges).split()) == "".join(text.split())
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(ranges))


def test_long_runs_of_full_stops_are_read_in_time() -> None:
    assert sentences("." * 100_000) == ["." * 100_000]
