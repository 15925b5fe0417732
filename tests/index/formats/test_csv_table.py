from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.records import BlockKind
from tests.index.formats.builders import read, shown, texts


def test_cells_are_ranges_and_the_header_is_the_caption() -> None:
    extraction = read("Year,Event\r\n1991, NACC \r\n\r\n1994,PfP\r\n", "a.csv")
    assert shown(extraction) == [
        ("caption", "Year|Event"),
        ("table_row", "1991|NACC"),
        ("table_row", "1994|PfP"),
    ]
    assert extraction.source_text == "Year,Event\r\n1991, NACC \r\n\r\n1994,PfP\r\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found(delimiter: str) -> None:
    rows = [["Place", "Date"], ["Rome", "28 May 2002, a Tuesday"], ["Paris; France", "1997"]]
    text = StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    assert len(read(text.getvalue(), "a.csv").blocks[0].ranges) == 2


def test_tab_separated_values_are_cut_at_tabs_only() -> None:
    assert texts(read("a, b, c\td\n1, 2, 3\t4\n", "a.tsv")) == ["a, b, c|d", "1, 2, 3|4"]


def test_quotes_are_outside_of_ranges_and_doubled_ones_shown_once() -> None:
    text = 'a,b\n"Rome, Italy","the ""Act"" of\r\n1997"\n'
    assert texts(read(text, "a.csv"))[1] == 'Rome, Italy|the |"Act"| of\r\n1997'


def test_a_quote_that_is_never_closed_does_not_swallow_the_rest() -> None:
    assert texts(read('a,b\n"c,d\ne,f\n', "a.csv")) == ["a|b", '"c|d', "e|f"]


def test_a_first_row_with_numbers_is_no_header() -> None:
    extraction = read("1991,NACC\n1994,PfP\n", "a.csv")
    assert {block.kind for block in extraction.blocks} == {BlockKind.TABLE_ROW}


cells = st.text(st.characters(codec="utf-8", exclude_categories=["C"], include_characters="\n"))


@settings(deadline=None)
@given(st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=5))
def test_cells_are_what_the_standard_library_reads(rows: list[list[str]]) -> None:
    text = StringIO()
    csv.writer(text, delimiter="\t", quoting=csv.QUOTE_ALL).writerows(rows)
    expected = ["".join(cell.strip() for cell in row) for row in rows]
    if any(expected):
        found = [text.replace("|", "") for text in texts(read(text.getvalue(), "a.tsv"))]
        assert found == [row.replace("|", "") for row in expected if row]
