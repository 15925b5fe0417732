from __future__ import annotations

from pathlib import Path

import pytest

from index.catalogue.entries import Stamp
from index.documents import read_document
from index.records import BlockKind, Document, Range
from index.roots import FoundFile
from web.rendering import Item, Listing, Prose, Table, find_marks, render
from web.source import Stretch
from web.tables import Cell

MARKDOWN = """---
title: Towns
---
# Towns

The o\ufb03ce is in **Rome**, the seat
in [Paris](https://example.org).[^1]

- one
  - two
- three

| Town | Old | | Note |
|---|---|---|---|
| Rome \\| Roma | 1 | | x |
| | 2 | | |

```
a  b
```

### Deep

[^1]: Since 1997.
"""


def read(source: str, name: str = "towns.md") -> Document:
    return read_document(
        source.encode(), FoundFile(Path(name), name, Stamp(0, 0, 0, 0)), "documents", 100_000
    )


def shown(document: Document, *ranges: Range) -> list[Prose | Listing | Table]:
    marks, _ = find_marks(document, ranges)
    return list(render(document, marks, (0, len(document.text))))


def words(stretches: list[Stretch]) -> str:
    return "".join(stretch.text for stretch in stretches)


def table_of(source: str, name: str) -> tuple[str, list[str], list[list[str]]]:
    (table,) = shown(read(source, name))
    assert isinstance(table, Table)

    def texts(cells: list[Cell]) -> list[str]:
        return [words(cell) for cell in cells]

    return words(table.caption), texts(table.header), [texts(row) for row in table.rows]


def test_each_block_is_shown_as_what_it_is() -> None:
    elements = shown(read(MARKDOWN))
    assert [(element.kind.value, getattr(element, "level", 0)) for element in elements] == [
        ("heading", 2),
        ("paragraph", 0),
        ("list_item", 0),
        ("table_row", 0),
        ("code", 0),
        ("heading", 3),
        ("footnote", 0),
    ]


def test_items_of_a_list_stand_in_the_item_above_them() -> None:
    (listing,) = (element for element in shown(read(MARKDOWN)) if isinstance(element, Listing))

    def outline(items: list[Item]) -> list[tuple[str, object]]:
        return [(words(item.stretches), outline(item.items)) for item in items]

    assert outline(listing.items) == [("one", [("two", [])]), ("three", [])]


def test_empty_cells_of_a_markdown_table_keep_their_columns() -> None:
    table = "|Town|Old| | |\n|-|-|-|-|\n|Rome \\| Ro**m**a|1| |x|\n| |2| | |\n"
    assert table_of(table, "towns.md") == (
        "",
        ["Town", "Old", "", ""],
        [["Rome | Roma", "1", "", "x"], ["", "2", "", ""]],
    )


def test_names_of_columns_that_are_too_few_are_those_of_the_last_columns() -> None:
    table = "<table><tr><th><th>A<th>B<tr><td>x<td><td>2<tr><td>y<td>3</table>"
    assert table_of(table, "towns.html") == ("", ["", "A", "B"], [["x", "", "2"], ["y", "3", ""]])


def test_empty_cells_of_a_csv_keep_their_columns() -> None:
    source = 'Name,Said,Where\r\n"Lee, J","a ""b"", c",\r\n,"two\r\nlines",Rome\r\nBo,,\r\n'
    assert table_of(source, "said.csv") == (
        "",
        ["Name", "Said", "Where"],
        [["Lee, J", 'a "b", c', ""], ["", "two lines", "Rome"], ["Bo", "", ""]],
    )
    tabs = "Town\tLand\tNumber\nRome\t\t1\n\tItaly\t2\n"
    assert table_of(tabs, "towns.tsv")[2] == [["Rome", "", "1"], ["", "Italy", "2"]]


def test_a_table_of_one_column_has_a_name_for_it() -> None:
    assert table_of("Town\nRome\nParis\n", "towns.csv") == ("", ["Town"], [["Rome"], ["Paris"]])


def test_a_caption_of_one_cell_stands_over_a_table_whose_columns_nothing_names() -> None:
    source = "<table><caption>Towns</caption><tr><td>Rome<td>1<tr><td>Paris<td></table>"
    assert table_of(source, "towns.html") == ("Towns", [], [["Rome", "1"], ["Paris", ""]])


def test_stretches_tell_which_source_characters_they_show() -> None:
    document = read(MARKDOWN)
    paragraph = shown(document)[1]
    assert isinstance(paragraph, Prose)
    assert [(s.text, document.source_text[s.start : s.end]) for s in paragraph.stretches] == [
        ("The o", "The o"),
        ("ffi", "\ufb03"),
        ("ce is in ", "ce is in "),
        ("Rome", "Rome"),
        (", the seat in ", ", the seat\nin "),
        ("Paris", "Paris"),
        (".", "."),
    ]


def test_a_cell_that_its_source_holds_in_one_piece_is_one_stretch() -> None:
    (table,) = shown(read("Town,Land\nRome,Italy\n", "towns.csv"))
    assert isinstance(table, Table)
    assert table.rows == [[[Stretch("Rome", 10, 14)], [Stretch("Italy", 15, 20)]]]


def test_replaced_text_at_the_end_of_a_cell_shows_all_its_source() -> None:
    (table,) = shown(read("Town,Land\nCafe\u0301,x\nOf\ufb01,y\n", "towns.csv"))
    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == [
        [Stretch("Cafe\u0301", 10, 15)],
        [Stretch("Of", 18, 20), Stretch("fi", 20, 21)],
    ]


def test_marks_fall_on_the_characters_shown_of_every_range() -> None:
    document = read(MARKDOWN)
    at = document.source_text.index
    paris, roma = at("[Paris]"), at("Roma")
    elements = shown(document, (paris, paris + 6), (roma, roma + 4))
    paragraph, table = elements[1], elements[3]
    assert isinstance(paragraph, Prose)
    assert isinstance(table, Table)
    found = [s for s in [*paragraph.stretches, *table.rows[0][0]] if s.marked]
    assert [(s.text, s.first) for s in found] == [("Paris", True), ("Roma", False)]


def test_the_first_range_that_is_shown_is_what_a_link_opens() -> None:
    document = read(MARKDOWN)
    at = document.source_text.index
    hidden, rome = (at("title"), at("title") + 5), (at("Rome"), at("Rome") + 4)
    marks, hides_some = find_marks(document, [hidden, rome])
    assert (marks.opening, hides_some) == (rome[0], True)
    assert find_marks(document, [rome])[1] is False
    assert find_marks(document, [hidden])[0].opening is None


def test_headings_skip_no_level_on_the_page() -> None:
    document = read("### a\n\nx\n\n# b\n\nx\n\n#### c\n\nx\n\n## d\n\nx\n")
    levels = [
        element.level
        for element in shown(document)
        if isinstance(element, Prose) and element.kind is BlockKind.HEADING
    ]
    assert levels == [2, 2, 3, 3]


@pytest.mark.parametrize("depth", [9, 40])
def test_lists_of_any_depth_are_shown(depth: int) -> None:
    source = "<ul><li>x" * depth
    (listing,) = shown(read(source, "deep.html"))
    assert isinstance(listing, Listing)
    items, found = listing.items, 0
    while items:
        found += 1
        items = items[0].items
    assert found == 8


def test_a_part_of_a_table_is_shown_under_the_names_of_its_columns() -> None:
    document = read("Town,Land\n" + "Rome,Italy\n" * 9, "towns.csv")
    start = document.blocks[5].start
    (table,) = render(document, find_marks(document, [])[0], (start, start + 12))
    assert isinstance(table, Table)
    assert [words(cell) for cell in table.header] == ["Town", "Land"]
    assert len(table.rows) == 2
