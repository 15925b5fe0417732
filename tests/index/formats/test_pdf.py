from __future__ import annotations

from pathlib import Path

import pypdfium2 as pdfium
import pytest

from index.errors import DamagedDocumentError, EmptyDocumentError, EncryptedDocumentError
from index.formats.pdf_document import _text, open_pdf, read_page
from index.formats.quality import text_quality
from tests.index.formats.builders import Drawn, paragraph, pdf, read, shown, texts

LINES = [
    "The alliance and Russia signed the act in Paris on 27 May",
    "1997, and they set up a council in which they would talk",
    "about matters of common interest every month or so.",
]


def test_offsets_of_a_page_are_pdfium_s_own() -> None:
    data = pdf([paragraph(LINES), paragraph(["Second page (with brackets) and an é."])])
    extraction = read(data, "a.pdf")
    document = pdfium.PdfDocument(data)
    for page in extraction.pages:
        text_page = document[page.number - 1].get_textpage()
        assert text_page.count_chars() == page.end - page.start
        for at in range(0, page.end - page.start, 7):
            count = min(20, page.end - page.start - at)
            start = page.start + at
            assert extraction.source_text[start : start + count] == text_page.get_text_range(
                at, count
            )
    document.close()


def test_pages_are_ranges_of_the_source_text_in_order() -> None:
    extraction = read(pdf([paragraph(["One"]), [], paragraph(["Three"])]), "a.pdf")
    assert [(page.number, page.start, page.end) for page in extraction.pages] == [
        (1, 0, 3),
        (2, 4, 4),
        (3, 5, 10),
    ]
    assert extraction.source_text == "One\n\nThree"


def test_lines_of_a_paragraph_are_one_block_and_a_gap_begins_another() -> None:
    data = pdf([[*paragraph(LINES), *paragraph(LINES, top=440)]])
    assert [text.split()[0] for text in texts(read(data, "a.pdf"))] == ["The", "The"]
    assert [len(text.split("\r\n")) for text in texts(read(data, "a.pdf"))] == [3, 3]


def test_large_letters_make_headings_by_size() -> None:
    data = pdf(
        [
            [
                (50, 560, 20, "The Founding Act"),
                (50, 520, 14, "Origins"),
                *paragraph(LINES),
                (50, 430, 14, "Results"),
                *paragraph(LINES, top=410),
            ]
        ]
    )
    extraction = read(data, "a.pdf")
    assert [(b.level, t.strip()) for b, t in zip(extraction.blocks, texts(extraction), strict=True)
            if b.kind.value == "heading"] == [
        *((1, "The Founding Act"), (2, "Origins"), (2, "Results"))
    ]  # fmt: skip
    assert extraction.title == "The Founding Act"


def page_with_furniture(number: int) -> list[Drawn]:
    words = ["one", "two", "three", "four"]
    return [
        *paragraph([f"This is page {words[number - 1]} of the text."]),
        (50, 580, 8, f"Security Papers {1990 + number}"),
        (200, 20, 8, str(number)),
    ]


def test_running_heads_and_page_numbers_are_in_no_block() -> None:
    extraction = read(pdf([page_with_furniture(number) for number in (1, 2, 3)]), "a.pdf")
    assert "Security Papers 1992" in extraction.source_text
    assert [text.strip() for text in texts(extraction)] == [
        *("This is page one of the text.", "This is page two of the text."),
        "This is page three of the text.",
    ]


def test_a_raised_note_marker_is_in_no_block_and_an_ordinary_number_is() -> None:
    drawn = [
        (50, 500, 10, "They signed the act."),
        (139.5, 504, 6, "7"),
        (146, 500, 10, "In 1997 they met 12 times and went on meeting."),
    ]
    extraction = read(pdf([drawn]), "a.pdf")
    assert "act.7" in extraction.source_text
    [text] = texts(extraction)
    assert text.replace("|", "").split() == (
        "They signed the act. In 1997 they met 12 times and went on meeting.".split()
    )


def test_a_power_of_a_unit_is_no_note_marker() -> None:
    drawn = [(50, 500, 10, "It covers 10,000 km"), (138.5, 504, 6, "2"), (146, 500, 10, "of land.")]
    assert "km2" in "".join(texts(read(pdf([drawn]), "a.pdf"))).replace(" ", "")


def test_small_numbered_lines_at_the_foot_are_footnotes() -> None:
    notes = [(50, 60, 7, "1 Talks on forces in Europe, held in Vienna."), (50, 50, 7, "2 Ibid.")]
    extraction = read(pdf([[*paragraph(LINES), *notes]]), "a.pdf")
    assert [kind for kind, _ in shown(extraction)] == ["paragraph", "footnote", "footnote"]


def test_columns_of_a_table_become_cells() -> None:
    rows = [("Weapon", "Ceiling"), ("Battle tanks", "20,000"), ("Artillery", "20,000")]
    drawn = [
        (50 + 150 * column, 500 - 12 * row, 10, text)
        for row, cells in enumerate(rows)
        for column, text in enumerate(cells)
    ]
    found = shown(read(pdf([drawn]), "a.pdf"))
    assert [(kind, text.strip()) for kind, text in found] == [
        ("table_row", "Weapon|Ceiling"),
        ("table_row", "Battle tanks|20,000"),
        ("table_row", "Artillery|20,000"),
    ]


def test_bullets_written_apart_from_their_items_still_make_list_items() -> None:
    items = [(60, 452, 10, "on 9 June the generals signed;"), (60, 440, 10, "then the force came.")]
    bullets = [(50, 452, 10, "\u2022"), (50, 440, 10, "\u2022")]
    found = shown(read(pdf([[*paragraph(LINES), *items, *bullets]]), "a.pdf"))
    assert [(kind, text.strip()) for kind, text in found][1:] == [
        ("list_item", "on 9 June the generals signed;"),
        ("list_item", "then the force came."),
    ]


def test_title_of_the_file_counts_unless_a_program_made_it_up() -> None:
    assert read(pdf([paragraph(LINES)], info="/Title(The Act)"), "a.pdf").title == "The Act"
    for made_up in ("Microsoft Word - act", "untitled", "act_final.docx", "12-34"):
        assert read(pdf([paragraph(LINES)], info=f"/Title({made_up})"), "a.pdf").title == ""


def test_a_pdf_s_own_date_is_not_its_publication() -> None:
    info = "/CreationDate(D:20090101000000Z)"
    assert read(pdf([paragraph(LINES)], info=info), "a.pdf").published is None


def test_a_pdf_without_a_text_layer_suggests_text_recognition() -> None:
    with pytest.raises(EmptyDocumentError, match="OCR"):
        read(pdf([[], []]), "a.pdf")


def test_an_encrypted_pdf_needs_a_password() -> None:
    key = "00" * 32
    trailer = (
        f"/Encrypt<</Filter/Standard/V 1/R 2/O<{key}>/U<{key}>/P -4>>/ID[<{key[:32]}><{key[:32]}>]"
    )
    with pytest.raises(EncryptedDocumentError, match="password"):
        read(pdf([paragraph(LINES)], trailer=trailer), "a.pdf")


def test_a_linearized_pdf_that_is_shorter_than_it_declares_is_truncated() -> None:
    data = pdf([paragraph(LINES)], info="/Title(x)").replace(
        b"%PDF-1.4\n", b"%PDF-1.4\n9 0 obj<</Linearized 1/L 99999>>endobj\n"
    )
    with pytest.raises(DamagedDocumentError, match="truncated"):
        read(data, "a.pdf")


def test_surrogate_halves_become_one_character_and_a_filler() -> None:
    assert _text([0x41, 0xD835, 0xDC00, 0x42]) == "A\U0001d400\u2060B"
    assert _text([0xD835, 0x41, 0, 0xDC00]) == "\ufffdA\ufffd\ufffd"


def test_the_reader_gives_a_box_to_every_character() -> None:
    with open_pdf(pdf([paragraph(["Ab"])]), Path("a.pdf")) as document:
        page = read_page(document, 1)
    assert len(page.boxes) == len(page.text) == 2
    (left, bottom, right, top), (next_left, *_) = page.boxes
    assert (left, right) == (50, next_left)
    assert bottom < 500 < top


def test_quality_is_the_share_of_text_that_reads_as_words() -> None:
    assert text_quality("The Founding Act (1997), signed in Paris.") == 1.0
    assert text_quality("") == 0.0
    assert text_quality("good \ufffd\ufffd\ufffd\ufffd") == 0.5
    assert text_quality("ab a#b$") == pytest.approx((2 + 4 * 0.5) / 6)
