"""The pages of a document, drawn from its file: only while that is the file that was indexed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from index.errors import SourceChangedError
from index.extracting import viewer
from index.formats.pdf_pages import Box, draw_page, find_pages
from index.records import Document, Page, Range
from index.roots import read_file
from index.store import Store


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
        ExtractionError: The file cannot be opened, or a page that holds words be loaded.
    """
    spans = {page.number: tuple(_spans(page, ranges)) for page in document.pages}
    asked = [(number, [span for span, _ in on_page]) for number, on_page in spans.items()]
    path = Path(document.path)
    views = []
    for (number, on_page), found in zip(
        spans.items(), viewer().call(path, find_pages, data, path, asked), strict=True
    ):
        size = found.width, found.height
        marks = tuple(
            _mark(box, size, first=opens and line == 0)
            for (_, opens), boxes in zip(on_page, found.boxes, strict=True)
            for line, box in enumerate(boxes)
        )
        views.append(PageView(number, *size, marks))
    return tuple(views)


def draw(data: bytes, document: Document, number: int) -> bytes:
    """Draw a page as a PNG image.

    Raises:
        ExtractionError: The page cannot be drawn, or not within the limits.
    """
    path = Path(document.path)
    return viewer().call(path, draw_page, data, path, number)


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
