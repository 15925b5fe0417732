from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.cleaning import clean
from index.layout import find_blocks
from index.records import Alignment, BlockKind, Extraction, Range, SourceBlock, agree

NOTES = "\n\n¹ Harbour gazette, p. 3.\n\n² Ibid.\n\n³ Ibid."


def extraction_of(source_text: str) -> Extraction:
    return Extraction(source_text, find_blocks(source_text), "text/plain", "text/1")


def cleaned(source_text: str) -> str:
    return clean(extraction_of(source_text))[0]


def test_words_broken_at_line_ends_are_joined() -> None:
    assert cleaned("the coopera-\ntion of ports") == "the cooperation of ports"


def test_hyphen_stays_before_a_capital_and_where_the_document_writes_it_elsewhere() -> None:
    assert cleaned("the Oslo-\nBergen line") == "the Oslo-Bergen line"
    text = "the well-known pier and the well-\nknown light"
    assert cleaned(text) == "the well-known pier and the well-known light"


def test_word_broken_over_an_interruption_is_joined_and_has_two_source_ranges() -> None:
    start = "The committee, which had met twice before in the harbour, was the first par-"
    source_text = f"{start}\n\n¹ Ibid., p. 4.\n\nticipant of its kind."
    text, alignment, _ = clean(extraction_of(source_text))
    at = text.index("participant")
    ranges = alignment.source_ranges(at, at + len("participant"))
    slices = [source_text[first:last] for first, last in ranges]
    assert [part.strip() for part in slices] == ["par-", "ticipant"]
    assert text.endswith("¹ Ibid., p. 4.")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('They wished to "restore order"1 after it.', 'They wished to "restore order" after it.'),
        ("The port objected.² Then it rained.", "The port objected. Then it rained."),
        ("It opened. 2 The light came later.", "It opened. The light came later."),
        ("The area is 12 km² in all.", "The area is 12 km² in all."),
        ("It cost 3.5 million.", "It cost 3.5 million."),
    ],
)  # fmt: skip
def test_note_markers_go_and_other_numbers_stay(source: str, expected: str) -> None:
    first = "" if "1 after" in source else "A pier stood there.¹ "
    body = cleaned(first + source + NOTES).split("\n\n")[0]
    assert body == (first + expected).replace("¹", "")


def test_plain_digits_are_no_markers_in_a_document_without_notes() -> None:
    text = "It opened. 2 The light came later."
    assert cleaned(text) == text


def test_formula_markup_around_words_is_undone() -> None:
    source = r"The $pier\ in\ May,\ many\ ports\ (e.g.,\ Oslo,$ Bergen) agreed for $5 to $10."
    assert (
        cleaned(source) == "The pier in May, many ports (e.g., Oslo, Bergen) agreed for $5 to $10."
    )


def test_ligatures_and_decomposed_characters_are_composed_and_map_as_a_whole() -> None:
    text, alignment, _ = clean(extraction_of("The ﬁrst cafe\u0301 here"))
    assert text == "The first café here"
    assert alignment.widen(5, 7) == (4, 7)
    assert alignment.source_ranges(4, 6) == ((4, 5),)
    assert alignment.source_ranges(10, 14) == ((9, 14),)


def test_white_space_is_folded_and_soft_hyphens_vanish() -> None:
    assert cleaned("a  b\u00a0c\nd e\u00adf g\u00ad\nh") == "a b c d ef gh"


def test_white_space_around_markup_does_not_show_the_markup() -> None:
    source = "by <img> Lund"
    blocks = (SourceBlock(BlockKind.PARAGRAPH, ((0, 3), (8, 13))),)
    text, alignment, _ = clean(Extraction(source, blocks, "text/plain", "test/1"))
    assert (text, alignment.source_ranges(0, 7)) == ("by Lund", ((0, 3), (9, 13)))


def test_table_rows_keep_their_cells_apart() -> None:
    source_text = "x|y z|w"
    block = SourceBlock(BlockKind.TABLE_ROW, ((0, 1), (2, 5), (6, 7)))
    text, alignment, blocks = clean(Extraction(source_text, (block,), "text/x", "x/1"))
    assert text == "x\ty z\tw"
    assert alignment.source_ranges(2, 5) == ((2, 5),)
    assert [(b.kind, b.start, b.end) for b in blocks] == [(BlockKind.TABLE_ROW, 0, 7)]


def test_footnotes_follow_the_text_that_they_belong_to() -> None:
    text, _, blocks = clean(extraction_of("One pier.¹\n\n¹ Gazette, p. 3.\n\nTwo piers stood."))
    assert text == "One pier.\n\nTwo piers stood.\n\n¹ Gazette, p. 3."
    assert blocks[-1].kind is BlockKind.FOOTNOTE


def test_long_runs_of_letters_are_cleaned_in_time() -> None:
    assert cleaned("word" * 50_000) == "word" * 50_000


NOISY = st.text(
    alphabet=st.sampled_from([*list("aeB1².,;-\"'$\\ \t\n\r"), "́", "ﬁ", "\xad", "—", "é"]),
    max_size=150,
)


@given(NOISY | st.text(max_size=100), st.integers(0, 160), st.integers(0, 160))
def test_source_ranges_slice_what_the_reading_text_shows(text: str, a: int, b: int) -> None:
    shown, alignment, blocks = clean(extraction_of(text))
    for block in blocks:
        start, end = sorted(block.start + x % (block.end - block.start + 1) for x in (a, b))
        start, end = alignment.widen(start, end)
        ranges = alignment.source_ranges(start, end)
        assert agree(shown[start:end], "".join(text[first:last] for first, last in ranges))


@given(NOISY)
def test_cleaning_loses_no_word(text: str) -> None:
    def letters(of: str) -> list[str]:
        return sorted(re.findall(r"[^\W\d_²]", unicodedata.normalize("NFKD", of)))

    assert letters(cleaned(text)) == letters(text)


def clean_ranges(source_text: str, kind: BlockKind, *ranges: Range) -> tuple[str, Alignment]:
    block = SourceBlock(kind, ranges)
    text, alignment, _ = clean(Extraction(source_text, (block,), "text/x", "x/1"))
    return text, alignment


def test_accent_is_not_composed_with_a_letter_that_markup_parts_it_from() -> None:
    text, alignment = clean_ranges("e<b>\u0301", BlockKind.PARAGRAPH, (0, 1), (4, 5))
    assert (text, alignment.source_ranges(0, 2)) == ("e\u0301", ((0, 1), (4, 5)))


def test_marks_that_would_only_change_places_stay() -> None:
    text, alignment = clean_ranges("q\u0307\u0323", BlockKind.PARAGRAPH, (0, 3))
    assert (text, alignment.source_ranges(0, 2)) == ("q\u0307\u0323", ((0, 2),))


def test_note_marker_at_the_end_of_a_cell_leaves_no_source_behind() -> None:
    text, alignment = clean_ranges("France.²|1949", BlockKind.TABLE_ROW, (0, 8), (9, 13))
    assert (text, alignment.source_ranges(0, 12)) == ("France.\t1949", ((0, 7), (9, 13)))


def test_accent_at_the_end_of_a_cell_is_shown_once() -> None:
    text, alignment = clean_ranges("Cafe\u0301|1949", BlockKind.TABLE_ROW, (0, 5), (6, 10))
    assert (text, alignment.source_ranges(0, 10)) == ("Cafe\u0301\t1949", ((0, 5), (6, 10)))


def test_word_as_long_as_its_source_is_widened_when_it_was_put_together() -> None:
    text, alignment = clean_ranges("\ufb02ight-\nTest", BlockKind.PARAGRAPH, (0, 11))
    assert (text, alignment.widen(0, 2)) == ("flight-Test", (0, 7))
    assert alignment.source_ranges(0, 7) == ((0, 6),)
