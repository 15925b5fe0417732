from __future__ import annotations

from assistant.reader.tables import rows_of


def test_rows_and_what_stands_between_them_are_told_apart() -> None:
    text = (
        "Table 1\nof two\n\nWhen\tWhat\n1994\tRussia joins\nA note\nof two lines\n1995\tNATO offers"
    )
    assert [text[start:end] for start, end in rows_of(text)] == [
        "Table 1\nof two",
        "When\tWhat",
        "1994\tRussia joins",
        "A note\nof two lines",
        "1995\tNATO offers",
    ]


def test_text_without_a_table_has_no_rows() -> None:
    assert rows_of("One line.\nAnother line.") == []
    assert rows_of("") == []


def test_single_row_is_the_whole_passage() -> None:
    assert rows_of("1994\tRussia joins") == []
