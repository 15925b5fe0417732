from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from index.errors import DamagedDocumentError
from index.formats.pdf_pages import Box, find_boxes, open_pages, page_image, page_size
from index.records import Range
from tests.index.formats.builders import paragraph, pdf, read

DATA = pdf([paragraph(["First line", "Second line"]), paragraph(["Other page"])])
# The same, but its second page (object 6) is no page.
BROKEN = DATA.replace(b"6 0 obj\n<</Type/Page", b"6 0 obj\n<</Type/Gape")
PATH = Path("reports/a.pdf")


def boxes(data: bytes, number: int, span: Range) -> tuple[Box, ...]:
    with open_pages(data, PATH) as document:
        return find_boxes(document, number, span)


def test_page_image_is_a_png_of_the_page_at_scale() -> None:
    with open_pages(DATA, PATH) as document:
        image = Image.open(BytesIO(page_image(document, 1, scale=0.5)))
    assert (image.format, image.size) == ("PNG", (200, 300))


def test_a_page_s_size_is_that_of_the_page_as_it_is_turned() -> None:
    with open_pages(DATA, PATH) as document:
        assert page_size(document, 2) == (400, 600)
    with open_pages(pdf([paragraph(["First line"])], rotate=90), PATH) as document:
        assert page_size(document, 1) == (600, 400)


@pytest.mark.parametrize("data", [BROKEN, DATA.replace(b"[0 0 400 600]", b"[0 0 .40 .600]")])
def test_a_page_of_no_sensible_size_is_shown_as_a4(data: bytes) -> None:
    with open_pages(data, PATH) as document:
        assert page_size(document, 2) == (595, 842)


def test_a_page_that_cannot_be_drawn_is_an_error_naming_the_file() -> None:
    with (
        pytest.raises(DamagedDocumentError, match=r"^reports/a\.pdf: the page cannot be drawn"),
        open_pages(BROKEN, PATH) as document,
    ):
        page_image(document, 2, scale=0.1)


def test_several_pages_are_shown_of_a_document_opened_once() -> None:
    with open_pages(DATA, PATH) as document:
        images = {page_image(document, number, scale=1) for number in (1, 2)}
        found = [find_boxes(document, number, (0, 5)) for number in (1, 2, 1)]
    assert len(images) == 2
    assert found == [boxes(DATA, 1, (0, 5)), boxes(DATA, 2, (0, 5)), boxes(DATA, 1, (0, 5))]


def test_a_word_s_box_is_where_it_stands() -> None:
    text = read(DATA, "a.pdf").source_text
    start = text.index("line")
    [box] = boxes(DATA, 1, (start, start + 4))
    # "First " is 23.9 points wide in Helvetica of 10 points, and the page 400 by 600.
    assert box.left == pytest.approx((50 + 23.9) / 400, abs=0.003)
    assert box.top < 1 - 500 / 600 < box.bottom + 0.005
    assert box.right - box.left == pytest.approx(15.6 / 400, abs=0.006)


def test_a_range_over_two_lines_has_a_box_for_each() -> None:
    first, second = boxes(DATA, 1, (0, len("First line\r\nSecond line")))
    assert first.bottom <= second.top + 0.005
    assert first.left == pytest.approx(second.left, abs=0.005)


def test_boxes_turn_with_the_page() -> None:
    turned = pdf([paragraph(["First line"])], rotate=90)
    [box] = boxes(turned, 1, (0, 10))
    assert box.bottom - box.top > box.right - box.left
    assert box.left == pytest.approx(500 / 600, abs=0.02)
    assert box.top == pytest.approx(50 / 400, abs=0.005)


@pytest.mark.parametrize("number", [0, 3])
def test_a_page_that_is_not_there_is_an_index_error(number: int) -> None:
    missing = f"no page {number} among 2"
    with open_pages(DATA, PATH) as document:
        with pytest.raises(IndexError, match=missing):
            page_image(document, number, scale=1)
        with pytest.raises(IndexError, match=missing):
            page_size(document, number)
        with pytest.raises(IndexError, match=missing):
            find_boxes(document, number, (0, 1))


def test_pages_can_be_asked_for_from_several_threads() -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: boxes(DATA, 2, (0, 5)), range(40)))
    assert set(found) == {boxes(DATA, 2, (0, 5))}
