from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.catalogue.entries import Stamp
from index.documents import read_document
from index.records import Range
from index.roots import FoundFile
from web.source import RangesError, Stretch, cut, parse_ranges, section_of


def plain(text: str) -> Stretch:
    return Stretch(text, marked=False, first=False)


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
    assert cut("abcdefghij", [(6, 8), (1, 3)], within=(0, 10)) == [
        plain("a"),
        Stretch("bc", marked=True, first=False),
        plain("def"),
        Stretch("gh", marked=True, first=True),
        plain("ij"),
    ]


def test_a_range_over_two_pages_is_marked_on_both() -> None:
    marks = [(3, 7)]
    assert cut("abcdefghij", marks, within=(0, 5))[-1] == Stretch("de", marked=True, first=True)
    assert cut("abcdefghij", marks, within=(5, 10))[0] == Stretch("fg", marked=True, first=False)


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
    stretches = cut(text, ranges, within=(0, len(text)))
    assert "".join(stretch.text for stretch in stretches) == text
    assert [stretch.first for stretch in stretches].count(True) == (1 if ranges else 0)
    shown = [stretch.marked for stretch in stretches for _ in stretch.text]
    assert shown == [any(a <= at < b for a, b in ranges) for at in range(len(text))]


def test_the_section_is_the_headings_above_a_source_character() -> None:
    source = "# One\n\nalpha\n\n## Two\n\nbeta\n\n# Three\n\ngamma\n"
    document = read_document(
        source.encode(), FoundFile(Path("a.md"), "a.md", Stamp(0, 0, 0, 0)), "root"
    )
    sections = {
        word: section_of(document, source.index(word)) for word in ("alpha", "beta", "gamma")
    }
    assert sections == {"alpha": ("One",), "beta": ("One", "Two"), "gamma": ("Three",)}
    assert section_of(document, 0) == ()  # markup, which no reading text shows
