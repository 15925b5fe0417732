from __future__ import annotations

from tests.index.formats.builders import read, texts


def test_source_text_is_the_decoded_text_itself() -> None:
    text = "\ufeffTitle line\r\n\r\nFirst paragraph.\r\n"
    extraction = read(text, "a.txt")
    assert extraction.source_text == text
    assert extraction.media_type == "text/plain"


def test_byte_order_mark_is_in_no_block() -> None:
    assert "\ufeff" not in "".join(texts(read("\ufeffTitle line\n\nSome text.", "a.txt")))


def test_a_first_line_that_stands_alone_is_the_title() -> None:
    assert read("\ufeffThe Founding Act\n\nIt was signed in 1997.", "a.txt").title == (
        "The Founding Act"
    )


def test_a_first_line_that_goes_on_or_ends_a_sentence_is_no_title() -> None:
    assert read("The act was signed\nin Paris in 1997.", "a.txt").title == ""
    assert read("The act was signed.\n\nIn Paris.", "a.txt").title == ""
