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


def test_first_row_under_a_caption_says_what_columns_are_called() -> None:
    assert rows_in("Dates\nWhen\tWhat\n1994\tRussia joins\n1995\tNATO offers\n\nSource") == (
        ["Dates", "When\tWhat", "1994\tRussia joins", "1995\tNATO offers", "Source"],
        ["When", "What"],
    )


@pytest.mark.parametrize(
    "text",
    [
        "PJC\tbig\tcouncil\nNRC\tbig\tcouncil\nNACC\tsmall\tcouncil",
        "1990\tRound 1\n1991\tRound 2\n1992\tRound 3",
        "\tSize\tAge\nA\t1\t2\nB\t3\t4",
        "Name\tSize\tAge\nA\t1\ttwo\nB\tsmall\tthree\nC\t3\tfour",
        "Year\tSize\n1990\t1",
        "Year\tSize\n1990\t1\t2\n1991\t1\t2",
        "Capital\tOslo\nPopulation\t5 million\nArea\t385,207 km2",
    ],
)
def test_first_row_like_the_others_is_a_row(text: str) -> None:
    assert rows_in(f"A caption\n{text}")[1] == []


def test_passage_that_begins_with_a_row_may_be_a_later_part_of_a_table() -> None:
    assert rows_in("When\tWhat\n1994\tRussia joins\n1995\tNATO offers")[1] == []


def test_header_is_what_the_last_heading_says() -> None:
    text = "Name\tPlace\nfox\tden\nwolf\tlair"
    rows = ["Name\tPlace", "fox\tden", "wolf\tlair"]
    assert rows_in(text, "Animals", "Name\tPlace") == (rows, ["Name", "Place"])
    assert rows_in(text, "Name\tPlace", "Animals")[1] == []
    assert rows_in("wolf\tlair", "Name\tPlace") == (["wolf\tlair"], ["Name", "Place"])
    assert table_in(replace(hit_of("A wolf.").passage, section=("Name\tPlace",))) is None


def test_columns_are_not_named_where_most_rows_have_another_count() -> None:
    with_an_empty_name = "1\t1904\n2\tHolm\t1861\n3\tLund\t1903"
    assert rows_in(with_an_empty_name, "name\tyear")[1] == []
    assert rows_in(with_an_empty_name, "number\tname\tyear")[1] == ["number", "name", "year"]


def test_columns_are_not_named_where_names_would_be_most_of_the_text() -> None:
    text = "agree\t3\t4\ndisagree\t5\t6"
    assert rows_in(text, "Answer\tMen\tWomen")[1] == []
    assert rows_in(text, "Is\tMen\tAll")[1] == ["Is", "Men", "All"]


def test_cells_stand_behind_what_their_columns_are_called() -> None:
    text = "Name\tPlace\nfox \tden\nNotes\nwolf\t\nbear\tcave\twood"
    named, places = name_cells(text, ["Name", "Place"])
    assert named.splitlines() == [
        "Name\tPlace",
        "Name: fox  ; Place: den",
        "Notes",
        "Name: wolf ; Place: ",
        "bear\tcave\twood",
    ]
    kept = [(sign, at) for sign, at in zip(named, places.tolist(), strict=True) if at != NO_PLACE]
    assert "".join(sign for sign, _ in kept) == ("Name\tPlacefox denNoteswolfbear\tcave\twood")
    assert all(text[at] == sign for sign, at in kept)
    assert [at for _, at in kept] == sorted(at for _, at in kept)
