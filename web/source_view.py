"""What the source page shows of a document: its own form or its source text, all or a part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from index.records import Document, Range
from web.files import PageView, view_pages
from web.rendering import Element, find_marks, render
from web.source import Marks, Part, cut_by_pages, line_start, text_offset

SHOWN = 60_000  # characters on one page: with many more of them browsers become slow


class Form(StrEnum):
    """How a document is shown."""

    PAGES = "pages"
    BLOCKS = "blocks"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """A document as the source page shows it."""

    form: Form
    pages: tuple[PageView, ...] = ()
    elements: tuple[Element, ...] = ()
    parts: tuple[Part, ...] = ()
    before: int | None = None  # where the part before this one starts, of a long document
    after: int | None = None  # where the part after it starts
    has_marks: bool = True  # if there are ranges: one of them at least is shown
    hides_marks: bool = False  # some of them lie in no block


def own_form(document: Document) -> Form:
    """Return the form in which a reader knows the document."""
    if document.pages:
        return Form.PAGES
    return Form.TEXT if document.media_type == "text/plain" else Form.BLOCKS


def view_as_pages(document: Document, ranges: Sequence[Range], data: bytes) -> SourceView:
    """Show the pages that are in a document's file."""
    return SourceView(form=Form.PAGES, pages=view_pages(data, document, ranges))


def view_as_blocks(
    document: Document, ranges: Sequence[Range], *, start: int | None = None
) -> SourceView:
    """Show the blocks of a document, of a long one those around the marks.

    Args:
        document: The document.
        ranges: What is marked of its source text.
        start: Where in the reading text to start instead.
    """
    marks, hides_marks = find_marks(document, ranges)
    around = None if marks.opening is None else text_offset(document, marks.opening)
    first, last = _window(len(document.text), around=around, start=start)
    return SourceView(
        form=Form.BLOCKS,
        elements=tuple(render(document, marks, (first, last))),
        before=max(0, first - SHOWN) if first else None,
        after=last if last < len(document.text) else None,
        has_marks=marks.opening is not None,
        hides_marks=hides_marks,
    )


def view_as_text(
    document: Document, ranges: Sequence[Range], *, start: int | None = None
) -> SourceView:
    """Show the source text of a document, of a long one what lies around the marks.

    Args:
        document: The document.
        ranges: What is marked of its source text.
        start: Where in it to start instead.
    """
    text, marks = document.source_text, Marks.of(ranges)
    first, last = _window(len(text), around=marks.opening, start=start)
    first = line_start(text, first) if first else 0
    last = line_start(text, last) if last < len(text) else last
    return SourceView(
        form=Form.TEXT,
        parts=tuple(cut_by_pages(document, marks, (first, last))),
        before=max(0, first - SHOWN) if first else None,
        after=last if last < len(text) else None,
    )


def _window(length: int, *, around: int | None, start: int | None) -> Range:
    """Choose what is shown of a text: all of it, or a part from ``start`` or around a place."""
    if start is None:
        start = (around or 0) - SHOWN // 2
    start = max(0, min(start, length - SHOWN))
    return start, min(start + SHOWN, length)
