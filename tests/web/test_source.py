from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.catalogue.entries import Stamp
from index.documents import read_document
from index.records import Range
from index.roots import FoundFile
from web.source import Marks, RangesError, Stretch, line_start, parse_ranges, section_of

LETTERS = Stretch("abcdefghij", 0, 10)


def test_ranges_are_read_in_the_order_written() -> None:
    assert parse_ranges("7-9,0-2", 10) == ((7, 9), (0, 2))
    assert parse_ranges("", 10) == ()


@pytest.mark.parametrize(
    "written",
    [
        *("5", "a-b", "3-3", "4-3", "0-11", "-1-3", "1-2,", "1-2 ", "1-2\n", "\u0663-\u0664"),
        f"{'9' * 5000}-{'9' * 5001}",
        ",".join(["0-1"] * 1001),
    ],
)
def test_malformed_or_outlying_ranges_are_refused(written: str) -> None:
    with pytest.raises(RangesError, match=r"^ranges: "):
        parse_ranges(written, 10)


def test_the_first_range_written_carries_the_first_mark() -> None:
    assert list(Marks.of([(6, 8), (1, 3)]).cut(LETTERS)) == [
        Stretch("a", 0, 1),
        Stretch("bc", 1, 3, marked=True),
        Stretch("def", 3, 6),
        Stretch("gh", 6, 8, marked=True, first=True),
        Stretch("ij", 8, 10),
    ]


def test_a_range_over_two_stretches_is_marked_in_both() -> None:
    marks = Marks.of([(3, 7)])
    *_, before = marks.cut(Stretch("abcde", 0, 5))
    after, *_ = marks.cut(Stretch("fghij", 5, 10))
    assert before == Stretch("de", 3, 5, marked=True, first=True)
    assert after == Stretch("fg", 5, 7, marked=True)


def test_text_that_replaces_its_source_is_marked_as_a_whole() -> None:
    ligature = Stretch("ffi", 4, 5)
    assert list(Marks.of([(0, 9)]).cut(ligature)) == [Stretch("ffi", 4, 5, marked=True)]
    assert list(Marks.of([(0, 4), (5, 9)]).cut(ligature)) == [ligature]
    folded = Stretch(" ", 4, 7)
    assert list(Marks.of([(6, 9)]).cut(folded)) == [Stretch(" ", 4, 7, marked=True, first=True)]


@st.composite
def texts_with_ranges(draw: st.DrawFn) -> tuple[str, list[Range]]:
    text = draw(st.text(min_size=1, max_size=30))
    edge = st.integers(0, len(text))
    pairs = draw(st.lists(st.tuples(edge, edge), min_size=1, max_size=5))
    return text, [(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]]


@given(texts_with_ranges())
def test_stretches_are_the_text_with_exactly_the_ranges_marked(
    case: tuple[str, list[Range]],
) -> None:
    text, ranges = case
    stretches = list(Marks.of(ranges).cut(Stretch(text, 0, len(text))))
    assert "".join(stretch.text for stretch in stretches) == text
    assert all(stretch.text == text[stretch.start : stretch.end] for stretch in stretches)
    assert [stretch.first for stretch in stretches].count(True) == (1 if ranges else 0)
    shown = [stretch.marked for stretch in stretches for _ in stretch.text]
    assert shown == [any(a <= at < b for a, b in ranges) for at in range(len(text))]


def test_the_section_is_the_headings_above_a_source_character() -> None:
    source = "# One\n\nalpha\n\n## Two\n\nbeta\n\n# Three\n\ngamma\n"
    document = read_document(
        source.encode(), FoundFile(Path("a.md"), "a.md", Stamp(0, 0, 0, 0)), "root", 1000
    )
    sections = {
        word: section_of(document, source.index(word)) for word in ("alpha", "beta", "gamma")
    }
    assert sections == {"alpha": ("One",), "beta": ("One", "Two"), "gamma": ("Three",)}
    assert section_of(document, 0) == ()  # markup, which no reading text shows


def test_a_line_starts_after_the_newline_before_it_unless_that_is_far() -> None:
    text = f"one\ntwo\n{'x' * 3_000}"
    assert [line_start(text, offset) for offset in (4, 6, 8, 100)] == [4, 4, 8, 8]
    assert line_start(text, 3_000) == 3_000
