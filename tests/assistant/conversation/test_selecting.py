from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation.selecting import SelectionError, select_words
from index.documents import make_document
from index.records import BlockKind, Document, Extraction, SourceBlock, agree

# A page break, a page's head and a footnote stand between the two halves of the first sentence.
SOURCE = (
    "# Pier\n\nThe pier was built by **Anders** Lund¹ and his bro-\n"
    "\f12 Harbour\n1 Of Bergen.\nthers of the \ufb01rm.\n"
)


def block(kind: BlockKind, *texts: str) -> SourceBlock:
    starts = [SOURCE.index(text) for text in texts]
    return SourceBlock(
        kind, tuple((at, at + len(text)) for at, text in zip(starts, texts, strict=True))
    )


@pytest.fixture(scope="module")
def document() -> Document:
    blocks = (
        block(BlockKind.HEADING, "Pier"),
        block(
            BlockKind.PARAGRAPH,
            *(
                "The pier was built by ",
                "Anders",
                " Lund",
                " and his bro-\n",
                "thers of the \ufb01rm.",
            ),
        ),
        block(BlockKind.FOOTNOTE, "Of Bergen."),
    )
    extraction = Extraction(SOURCE, blocks, "text/markdown", "test 1", title="Pier")
    made = make_document(extraction, root="docs", path="pier.md", sha256="f" * 64)
    assert made.text == (
        "Pier\n\nThe pier was built by Anders Lund and his brothers of the firm.\n\nOf Bergen."
    )
    return made


def between(first: str, last: str) -> tuple[int, int]:
    return SOURCE.index(first), SOURCE.index(last) + len(last)


def test_selected_words_are_quoted_without_the_markup_among_them(document: Document) -> None:
    place = select_words(document, [between("**", "Lund")])
    assert place.quote == "Anders Lund"
    assert [SOURCE[start:end] for start, end in place.source_ranges] == ["Anders", " Lund"]
    assert (place.document_id, place.path, place.sha256) == (document.id, "pier.md", "f" * 64)


def test_white_space_around_a_selection_is_left_out(document: Document) -> None:
    (at,) = select_words(document, [between(" built ", " built ")]).source_ranges
    assert SOURCE[slice(*at)] == "built"


def test_words_broken_at_a_page_are_joined_without_the_footnote_between(document: Document) -> None:
    place = select_words(document, [between("his bro", "thers")])
    assert place.quote == "his brothers"
    assert [SOURCE[start:end] for start, end in place.source_ranges] == ["his bro-\n", "thers"]


def test_footnote_is_quoted_where_the_selection_starts_or_ends_in_it(document: Document) -> None:
    assert select_words(document, [between("Bergen", "thers")]).quote == "thers Bergen."
    assert select_words(document, [between("his bro", "Bergen")]).quote == "his bro Of Bergen"


def test_half_of_what_was_replaced_is_quoted_whole(document: Document) -> None:
    assert select_words(document, [between("\ufb01", "\ufb01")]).quote == "fi"


def test_selection_over_several_blocks_is_one_quote(document: Document) -> None:
    assert select_words(document, [between("Pier", "The pier")]).quote == "Pier\n\nThe pier"


def test_ranges_that_overlap_are_quoted_once(document: Document) -> None:
    whole, inside = between("was built by", "was built by"), between("built", "built")
    assert select_words(document, [whole, inside]).quote == "was built by"
    assert select_words(document, [inside, between("built", "by")]).quote == "built by"


@pytest.mark.parametrize("wrong", [(5, 5), (9, 3), (-4, 3), (0, len(SOURCE) + 1), (10**20, 10**21)])
def test_range_outside_the_document_is_refused(document: Document, wrong: tuple[int, int]) -> None:
    with pytest.raises(SelectionError, match=f"{wrong[0]} to {wrong[1]}"):
        select_words(document, [(0, 6), wrong])


@pytest.mark.parametrize("words", ["12 Harbour", "**", "#", "\n\n"])
def test_selection_without_words_of_the_document_is_refused(document: Document, words: str) -> None:
    with pytest.raises(SelectionError, match="select the words"):
        select_words(document, [between(words, words)])


def test_selection_that_is_too_long_for_an_answer_is_refused() -> None:
    text = "words " * 167
    blocks = (SourceBlock(BlockKind.PARAGRAPH, ((0, len(text)),)),)
    long = make_document(
        Extraction(text, blocks, "text/plain", "test 1"), root="docs", path="l", sha256="f" * 64
    )
    assert len(select_words(long, [(0, 1000)]).quote) == 1000
    with pytest.raises(SelectionError, match=r"at most 1,000"):
        select_words(long, [(0, 1001)])


@given(st.tuples(st.integers(0, len(SOURCE) - 1), st.integers(1, len(SOURCE))))
def test_quote_always_agrees_with_what_its_ranges_slice(
    document: Document, span: tuple[int, int]
) -> None:
    try:
        place = select_words(document, [span])
    except SelectionError:
        return
    assert agree(place.quote, "".join(SOURCE[start:end] for start, end in place.source_ranges))
