from __future__ import annotations

import numpy as np
import pytest

from assistant.reader.shapes import Shapes


def faults_of(text: str, span: str) -> float:
    """Count the faults of a span where it first stands in a text."""
    start = text.index(span)
    (faults,) = Shapes(text).faults(np.array([start]), np.array([start + len(span)]))
    return float(faults)


@pytest.mark.parametrize(
    "cuts",
    [
        "M|e|t J|o|u|l|w|a|n",
        "N|A|T|O-R|u|s|s|i|a",
        "i|n U|.|S|. b|y",
        "1|,|2|0|0|.|5 k|m",
        "(B|o|n|i 渤泥)",  # a script that puts no spaces between words
    ],
)
def test_word_is_cut_everywhere_but_at_its_ends(cuts: str) -> None:
    text = cuts.replace("|", "")
    cut = Shapes(text).cut_words(np.arange(len(text)))
    assert "".join("|" * at + sign for at, sign in zip(cut.tolist(), text, strict=True)) == cuts


TEXT = "In 1997 Javier Solana, of Spain, met the minister (Primakov) in Moscow; it went well."


@pytest.mark.parametrize(
    ("span", "faults"),
    [
        ("the minister", 0),
        ("Javier Solana", -1),  # a name
        ("Javier Solana, of Spain", 1 - 1),  # a comma, and no word that is not a name's
        ("Solana", 1 - 1),  # half a name is a name too
        ("Javier", 1 - 1),
        ("met the minister (Primakov)", 1),
        ("minister (Primakov", 1 + 1),
        ("met the minister (Primakov) in Moscow; it", 2),
        ("Solana, of Spain, met", 1 + 1),  # two commas are one fault; half a name
    ],
)
def test_faults_of_a_span_are_counted(span: str, faults: int) -> None:
    assert faults_of(TEXT, span) == faults


def test_date_is_a_name_and_its_comma_no_fault() -> None:
    assert faults_of("It was on May 27, 1997 in Paris.", "May 27, 1997") == -1
    assert faults_of("It cost 1,200,000 marks.", "1,200,000") == 0


def test_first_word_of_a_sentence_is_no_part_of_a_name() -> None:
    assert faults_of("In Paris they met.", "Paris") == -1


def test_text_without_words_has_no_faults() -> None:
    assert faults_of("* + *", "+") == 0
