"""Pages of a PDF as they are shown: their images, and where a stretch of text stands on them."""

from __future__ import annotations

from ctypes import c_int
from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from index.formats.pdf_document import Box, line_rectangles, open_pdf

_UNITS = 100_000  # to a page's width and height: pdfium gives places on it as whole numbers
_UNNAMED = Path("document.pdf")


def page_image(data: bytes, number: int, *, scale: float) -> bytes:
    """Draw a page.

    Args:
        data: The PDF's bytes.
        number: The page, from 1.
        scale: Pixels to a point (1/72 inch).

    Returns:
        A PNG image.

    Raises:
        IndexError: The document has no such page.
        ExtractionError: The PDF cannot be opened.
    """
    with open_pdf(data, _UNNAMED) as document:
        image = _page(document, number).render(scale=scale).to_pil()
        png = BytesIO()
        image.save(png, format="PNG")
    return png.getvalue()


def boxes(data: bytes, number: int, start: int, end: int) -> tuple[Box, ...]:
    """Find where a range of a page's characters stands on it, line by line.

    Args:
        data: The PDF's bytes.
        number: The page, from 1.
        start: Offset of the first character from the page's start.
        end: Offset past the last one.

    Returns:
        ``(left, top, right, bottom)`` as fractions of the page's width and height, from its top
        left corner as it is shown, in reading order.

    Raises:
        IndexError: The document has no such page.
        ExtractionError: The PDF cannot be opened.
    """
    with open_pdf(data, _UNNAMED) as document:
        page = _page(document, number)
        rectangles = line_rectangles(document, number, (start, end))
        return tuple(_merge_lines([_fraction(page, rectangle) for rectangle in rectangles]))


def _page(document: pdfium.PdfDocument, number: int) -> pdfium.PdfPage:
    if not 1 <= number <= len(document):
        raise IndexError(f"no page {number} among {len(document)}")
    return document[number - 1]


def _fraction(page: pdfium.PdfPage, rectangle: Box) -> Box:
    """Turn a rectangle in points into fractions of the page as it is cropped and rotated."""
    left, bottom, right, top = rectangle
    x, y = c_int(), c_int()
    corners: list[tuple[float, float]] = []
    for at in ((left, top), (right, bottom)):
        pdfium_c.FPDF_PageToDevice(page, 0, 0, _UNITS, _UNITS, 0, *at, x, y)
        corners.append((x.value / _UNITS, y.value / _UNITS))
    (x1, y1), (x2, y2) = corners
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _merge_lines(found: list[Box]) -> list[Box]:
    """Merge boxes that stand beside each other: pdfium starts a new one where the font changes."""
    merged: list[Box] = []
    for box in found:
        if merged and _is_beside(merged[-1], box):
            last = merged.pop()
            left, top = min(last[0], box[0]), min(last[1], box[1])
            box = (left, top, max(last[2], box[2]), max(last[3], box[3]))
        merged.append(box)
    return merged


def _is_beside(before: Box, box: Box) -> bool:
    overlap = min(before[3], box[3]) - max(before[1], box[1])
    lower = min(before[3] - before[1], box[3] - box[1])
    return overlap > lower / 2 and -0.01 < box[0] - before[2] < 0.05
