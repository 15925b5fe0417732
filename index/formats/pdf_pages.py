"""Pages of a PDF as they are shown: their sizes and images, and where text stands on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes import c_int
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from index.errors import DamagedDocumentError
from index.formats.pdf_document import Rectangle, line_rectangles, open_pdf
from index.records import Range

_SCALE = 2.0  # pixels per point: 144 to an inch
_LONGEST_SIDE = 2400.0  # pixels: a page may claim to be 200 inches wide
_UNITS = 100_000  # to a page's width and height: pdfium gives places on it as whole numbers
_USUAL_SIZE = (595.0, 842.0)  # points: of a page whose own size cannot be read


class Box(NamedTuple):
    """A place on a page as it is shown: fractions of its width and height, from its top left."""

    left: float
    top: float
    right: float
    bottom: float


class PageBoxes(NamedTuple):
    """A page's size in points, and where ranges of its characters stand: their lines."""

    width: float
    height: float
    boxes: tuple[tuple[Box, ...], ...]  # for each range


def find_pages(
    data: bytes, path: Path, spans: Sequence[tuple[int, Sequence[Range]]]
) -> list[PageBoxes]:
    """Measure pages and find ranges on them.

    Args:
        data: The PDF's bytes.
        path: What errors name.
        spans: Numbers of pages, from 1, and half-open ranges in characters from the page's start.

    Raises:
        ExtractionError: The file cannot be opened, or a page that holds a range be loaded.
        IndexError: The document has no such page.
    """
    with open_pages(data, path) as opened:
        return [
            PageBoxes(
                *page_size(opened, number),
                tuple(find_boxes(opened, number, span) for span in on_page),
            )
            for number, on_page in spans
        ]


def draw_page(data: bytes, path: Path, number: int) -> bytes:
    """Draw a page as a PNG image, larger than it prints unless it is very large.

    Raises:
        ExtractionError: The file cannot be opened, or the page be drawn.
        IndexError: The document has no such page.
    """
    with open_pages(data, path) as opened:
        longest = max(page_size(opened, number))
        return page_image(opened, number, scale=min(_SCALE, _LONGEST_SIDE / longest))


@contextmanager
def open_pages(data: bytes, path: Path) -> Iterator[pdfium.PdfDocument]:
    """Open a PDF to show its pages, keeping other threads out of pdfium until it is closed.

    Args:
        data: The PDF's bytes.
        path: What errors name.

    Raises:
        ExtractionError: It cannot be opened, or a page that is worked on cannot be loaded.
    """
    with open_pdf(data, path) as document:
        try:
            yield document
        except pdfium.PdfiumError as error:
            raise DamagedDocumentError(
                path, "the page cannot be drawn; get a fresh copy of the file"
            ) from error


def page_size(document: pdfium.PdfDocument, number: int) -> tuple[float, float]:
    """Return a page's width and height in points (1/72 inch), A4's where its own make no sense.

    Raises:
        IndexError: The document has no page of that number, from 1.
    """
    _check_number(document, number)
    try:
        width, height = document.get_page_size(number - 1)
    except pdfium.PdfiumError:
        return _USUAL_SIZE
    return (width, height) if min(width, height) >= 1 else _USUAL_SIZE


def page_image(document: pdfium.PdfDocument, number: int, *, scale: float) -> bytes:
    """Draw a page as a PNG image.

    Args:
        document: From ``open_pages``, still open.
        number: The page, from 1.
        scale: Pixels to a point (1/72 inch).

    Raises:
        IndexError: The document has no such page.
        pypdfium2.PdfiumError: The page cannot be loaded; ``open_pages`` turns it into its error.
    """
    _check_number(document, number)
    png = BytesIO()
    document[number - 1].render(scale=scale).to_pil().save(png, format="PNG")
    return png.getvalue()


def find_boxes(document: pdfium.PdfDocument, number: int, span: Range) -> tuple[Box, ...]:
    """Find where a range of a page's characters stands on it: its lines, in reading order.

    Args:
        document: From ``open_pages``, still open.
        number: The page, from 1.
        span: Half-open, in characters from the page's start.

    Raises:
        IndexError: The document has no such page.
        pypdfium2.PdfiumError: The page cannot be loaded; ``open_pages`` turns it into its error.
    """
    _check_number(document, number)
    page = document[number - 1]
    rectangles = line_rectangles(document, number, span)
    return tuple(_merge_lines([_on_page(page, rectangle) for rectangle in rectangles]))


def _check_number(document: pdfium.PdfDocument, number: int) -> None:
    if not 1 <= number <= len(document):
        raise IndexError(f"no page {number} among {len(document)}")


def _on_page(page: pdfium.PdfPage, rectangle: Rectangle) -> Box:
    """Turn a rectangle in points into its place on the page as it is cropped and rotated."""
    left, bottom, right, top = rectangle
    x, y = c_int(), c_int()
    corners: list[tuple[float, float]] = []
    for at in ((left, top), (right, bottom)):
        pdfium_c.FPDF_PageToDevice(page, 0, 0, _UNITS, _UNITS, 0, *at, x, y)
        corners.append((x.value / _UNITS, y.value / _UNITS))
    (x1, y1), (x2, y2) = corners
    return Box(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))


def _merge_lines(found: list[Box]) -> list[Box]:
    """Merge boxes that stand beside each other: pdfium starts a new one where the font changes."""
    merged: list[Box] = []
    for box in found:
        if merged and _is_beside(merged[-1], box):
            last = merged.pop()
            box = Box(
                min(last.left, box.left),
                min(last.top, box.top),
                max(last.right, box.right),
                max(last.bottom, box.bottom),
            )
        merged.append(box)
    return merged


def _is_beside(before: Box, box: Box) -> bool:
    overlap = min(before.bottom, box.bottom) - max(before.top, box.top)
    lower = min(before.bottom - before.top, box.bottom - box.top)
    return overlap > lower / 2 and -0.01 < box.left - before.right < 0.05
