"""The pages of a document, drawn from its file: only while that is the file that was indexed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pypdfium2 as pdfium

from index.errors import DamagedDocumentError, SourceChangedError
from index.formats.pdf_document import open_pdf
from index.formats.pdf_pages import boxes, page_image
from index.records import Document, Page, Range
from index.store import Store

_SCALE = 2.0  # pixels per point: 144 to an inch
_LONGEST_SIDE = 2400.0  # pixels: a page may claim to be 200 inches wide
_USUAL_SIZE = (595.0, 842.0)  # points: of a page whose own size cannot be read


class Box(NamedTuple):
    """A marked rectangle in points from the page's upper left corner; a link opens the first."""

    x: float
    y: float
    width: float
    height: float
    first: bool


class PageView(NamedTuple):
    """One page as it is shown: its size in points, and the marks over it."""

    number: int
    width: float
    height: float
    boxes: tuple[Box, ...]


def read(store: Store, document: Document) -> bytes:
    """Read a document's file as it was indexed.

    Raises:
        SourceChangedError: It is gone, or its bytes are no longer those that were indexed.
    """
    with store.catalogue.reading() as rows:
        folders = {root.name: root.path for root in rows.roots()}
    try:
        data = (folders[document.root] / document.path).read_bytes()
    except (KeyError, OSError) as error:
        raise SourceChangedError(
            f"{document.path}: the file can no longer be read; index its folder again"
        ) from error
    if sha256(data).hexdigest() != document.sha256:
        raise SourceChangedError(
            f"{document.path}: the file has changed since it was indexed; index it again"
        )
    return data


def view_pages(data: bytes, document: Document, ranges: Sequence[Range]) -> tuple[PageView, ...]:
    """Return all pages of a document, with boxes over the words that ranges mark."""
    sizes = _page_sizes(data, document)
    return tuple(
        PageView(page.number, width, height, tuple(_boxes(data, page, ranges, (width, height))))
        for page, (width, height) in zip(document.pages, sizes, strict=True)
    )


def draw(data: bytes, document: Document, number: int) -> bytes:
    """Draw a page as a PNG image.

    Raises:
        DamagedDocumentError: The page cannot be drawn.
    """
    longest = max(_page_sizes(data, document)[number - 1])
    try:
        return page_image(data, number, scale=min(_SCALE, _LONGEST_SIDE / longest))
    except pdfium.PdfiumError as error:
        raise DamagedDocumentError(document.path, f"page {number} cannot be drawn") from error


def _boxes(
    data: bytes, page: Page, ranges: Sequence[Range], size: tuple[float, float]
) -> Iterator[Box]:
    width, height = size
    for at, (start, end) in enumerate(ranges):
        begins_here = at == 0 and start >= page.start
        start, end = max(start, page.start) - page.start, min(end, page.end) - page.start
        if start < end:
            for line, (left, top, right, bottom) in enumerate(boxes(data, page.number, start, end)):
                yield Box(
                    x=left * width,
                    y=top * height,
                    width=(right - left) * width,
                    height=(bottom - top) * height,
                    first=begins_here and line == 0,
                )


def _page_sizes(data: bytes, document: Document) -> list[tuple[float, float]]:
    with open_pdf(data, Path(document.path)) as opened:
        return [_page_size(opened, number) for number in range(len(opened))]


def _page_size(opened: pdfium.PdfDocument, index: int) -> tuple[float, float]:
    try:
        width, height = opened.get_page_size(index)
    except pdfium.PdfiumError:
        return _USUAL_SIZE
    return (width, height) if min(width, height) >= 1 else _USUAL_SIZE
