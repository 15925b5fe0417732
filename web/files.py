"""The pages of a document, drawn from its file: only while that is the file that was indexed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from index.errors import SourceChangedError
from index.formats.pdf_pages import Box, find_boxes, open_pages, page_image, page_size
from index.records import Document, Page, Range
from index.roots import read_file
from index.store import Store

_SCALE = 2.0  # pixels per point: 144 to an inch
_LONGEST_SIDE = 2400.0  # pixels: a page may claim to be 200 inches wide


class Mark(NamedTuple):
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
    marks: tuple[Mark, ...]


def read(store: Store, document: Document) -> bytes:
    """Read a document's file as it was indexed.

    Raises:
        SourceChangedError: It is gone, or its bytes are no longer those that were indexed.
    """
    with store.catalogue.reading() as rows:
        folders = {root.name: root.path for root in rows.roots()}
        files = rows.stamps([document.id])
    try:
        path, stamp = files[document.id]
        data = read_file(path, folders[document.root], stamp.size)
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
    """Return all pages of a document, with marks over the words of the ranges.

    Raises:
        DamagedDocumentError: The file cannot be opened, or a page that holds words be loaded.
    """
    views = []
    with open_pages(data, Path(document.path)) as opened:
        for page in document.pages:
            size = page_size(opened, page.number)
            marks = [
                _mark(box, size, first=opens and line == 0)
                for span, opens in _spans(page, ranges)
                for line, box in enumerate(find_boxes(opened, page.number, span))
            ]
            views.append(PageView(page.number, *size, tuple(marks)))
    return tuple(views)


def draw(data: bytes, document: Document, number: int) -> bytes:
    """Draw a page as a PNG image.

    Raises:
        DamagedDocumentError: The page cannot be drawn.
    """
    with open_pages(data, Path(document.path)) as opened:
        longest = max(page_size(opened, number))
        return page_image(opened, number, scale=min(_SCALE, _LONGEST_SIDE / longest))


def _spans(page: Page, ranges: Sequence[Range]) -> Iterator[tuple[Range, bool]]:
    """Yield the parts of ranges on a page, from its start, and whether the first range begins."""
    for at, (start, end) in enumerate(ranges):
        span = max(start - page.start, 0), min(end, page.end) - page.start
        if span[0] < span[1]:
            yield span, at == 0 and start >= page.start


def _mark(box: Box, size: tuple[float, float], *, first: bool) -> Mark:
    width, height = size
    return Mark(
        x=box.left * width,
        y=box.top * height,
        width=(box.right - box.left) * width,
        height=(box.bottom - box.top) * height,
        first=first,
    )
