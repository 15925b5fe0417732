from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from PIL import Image

from index.formats.pdf_pages import boxes, page_image
from tests.index.formats.builders import paragraph, pdf, read

DATA = pdf([paragraph(["First line", "Second line"]), paragraph(["Other page"])])


def test_page_image_is_a_png_of_the_page_at_scale() -> None:
    image = Image.open(BytesIO(page_image(DATA, 1, scale=0.5)))
    assert (image.format, image.size) == ("PNG", (200, 300))


def test_a_word_s_box_is_where_it_stands() -> None:
    text = read(DATA, "a.pdf").source_text
    start = text.index("line")
    [(left, top, right, bottom)] = boxes(DATA, 1, start, start + 4)
    # "First " is 23.9 points wide in Helvetica of 10 points, and the page 400 by 600.
    assert left == pytest.approx((50 + 23.9) / 400, abs=0.003)
    assert top < 1 - 500 / 600 < bottom + 0.005
    assert right - left == pytest.approx(15.6 / 400, abs=0.006)


def test_a_range_over_two_lines_has_a_box_for_each() -> None:
    first, second = boxes(DATA, 1, 0, len("First line\r\nSecond line"))
    assert first[3] <= second[1] + 0.005
    assert first[0] == pytest.approx(second[0], abs=0.005)


def test_boxes_turn_with_the_page() -> None:
    turned = pdf([paragraph(["First line"])], rotate=90)
    [(left, top, right, bottom)] = boxes(turned, 1, 0, 10)
    assert bottom - top > right - left
    assert left == pytest.approx(500 / 600, abs=0.02)
    assert top == pytest.approx(50 / 400, abs=0.005)


@pytest.mark.parametrize("number", [0, 3])
def test_a_page_that_is_not_there_is_an_index_error(number: int) -> None:
    with pytest.raises(IndexError, match=f"no page {number}"):
        page_image(DATA, number, scale=1)


def test_pages_can_be_asked_for_from_several_threads() -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: boxes(DATA, 2, 0, 5), range(40)))
    assert set(found) == {boxes(DATA, 2, 0, 5)}
