from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.reader.tables import name_cells, table_in
from assistant.reader.windows import NO_PLACE
from tests.assistant.reader.making import hit_of


def rows_in(text: str, *section: str) -> tuple[list[str], list[str]]:
    """Return a table's rows and what its columns are called."""
    table = table_in(replace(hit_of(text).passage, section=section))
    assert table
    return [text[start:end] for start, end in table.rows], list(table.columns)


def test_rows_and_what_stands_between_them_are_told_apart() -> None:
    text = "Table 1\nof two\n\n1994\tRussia joins\nA note\nof two lines\n1995\tNATO offers"
    assert rows_in(text) == (
        ["Table 1\nof two", "1994\tRussia joins", "A note\nof two lines", "1995\tNATO offers"],
        [],
    )


@pytest.mark.parametrize("text", ["One line.\nAnother line.", "", "1994\tRussia joins"])
def test_text_without_rows_is_no_table(text: str) -> None:
    assert table_in(hit_of(text).passage) is None


def test_first_row_says_what_columns_are_called_where_it_alone_has_no_digit() -> None:
    assert rows_in("Dates\nWhen\tWhat\n1994\tRussia joins\n1995\tNATO offers\n\nSource") == (
        ["Dates", "1994\tRussia joins", "1995\tNATO offers", "Source"],
        ["When", "What"],
    )


@pytest.mark.parametrize(
    "text",
    [
        "PJC\tcouncil\nNRC\tcouncil",
        "1990\tRound 1\n1991\tRound 2",
        "\tSize\nA\t1",
        "Name\tSize\nA\t1\nB\tsmall",
        "Name\tSize\nA",
        "Name\tSize\nA\t1\t2",
    ],
)
def test_first_row_like_the_others_is_a_row(text: str) -> None:
    assert rows_in(text)[1] == []


def test_header_is_what_the_last_heading_says() -> None:
    text = "Name\tPlace\nfox\tden\nwolf\tlair"
    assert rows_in(text, "Animals", "Name\tPlace") == (
        ["fox\tden", "wolf\tlair"],
        ["Name", "Place"],
    )
    assert rows_in(text, "Name\tPlace", "Animals")[1] == []


def test_cells_stand_behind_what_their_columns_are_called() -> None:
    text = "Name\tPlace\nfox \tden\nNotes\nwolf\t\nbear\tcave\twood"
    named, places = name_cells(text, ["Name", "Place"])
    assert named.splitlines() == [
        "Name: fox ; Place: den",
        "Notes",
        "Name: wolf; Place: ",
        "bear\tcave\twood",
    ]
    kept = [(sign, at) for sign, at in zip(named, places.tolist(), strict=True) if at != NO_PLACE]
    assert "".join(sign for sign, _ in kept) == "fox denNoteswolfbear\tcave\twood"
    assert all(text[at] == sign for sign, at in kept)
    assert [at for _, at in kept] == sorted(at for _, at in kept)


def test_header_alone_is_read_as_nothing() -> None:
    named, places = name_cells("Name\tPlace", ["Name", "Place"])
    assert (named, len(places)) == ("", 0)
