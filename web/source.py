"""What the source page marks: ranges of a document's source text, as stretches and sections."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from index.records import Block, BlockKind, Document, Range

RANGES_PATTERN = r"^[0-9]{1,12}-[0-9]{1,12}(,[0-9]{1,12}-[0-9]{1,12}){0,999}$"


class RangesError(ValueError):
    """The ranges of a request are malformed or lie outside the document."""


class Stretch(NamedTuple):
    """Source text that is marked throughout or nowhere; the first mark is what a link opens."""

    text: str
    marked: bool
    first: bool


class Part(NamedTuple):
    """The source text of one page, or of a whole document that has no pages."""

    number: int | None
    stretches: list[Stretch]


def parse_ranges(written: str, length: int) -> tuple[Range, ...]:
    """Read ranges as an address writes them, such as ``120-141,180-190``.

    Args:
        written: The ranges; "" means none.
        length: Of the source text, in characters.

    Raises:
        RangesError: They are malformed, empty or out of bounds.
    """
    if not written:
        return ()
    if not re.fullmatch(RANGES_PATTERN, written, re.ASCII):
        raise RangesError("ranges: write up to 1,000 as START-END, separated by commas")
    ranges = []
    for item in written.split(","):
        start, end = map(int, item.split("-"))
        if not start < end <= length:
            raise RangesError(
                f"ranges: {item} is not a range of this document's {length} characters"
            )
        ranges.append((start, end))
    return tuple(ranges)


def cut(text: str, ranges: Sequence[Range], *, within: Range) -> list[Stretch]:
    """Cut source text at the edges of the marked ranges.

    Args:
        text: The whole source text.
        ranges: What is marked, in reading order; they may overlap.
        within: What of it to cut, half-open.
    """
    stretches = []
    position, end = within
    for marked in _joined(ranges):
        start, stop = max(marked[0], position), min(marked[1], end)
        if start < stop:
            first = start <= ranges[0][0] < stop
            stretches += [
                Stretch(text[position:start], marked=False, first=False),
                Stretch(text[start:stop], marked=True, first=first),
            ]
            position = stop
    stretches.append(Stretch(text[position:end], marked=False, first=False))
    return [stretch for stretch in stretches if stretch.text]


def cut_by_pages(document: Document, ranges: Sequence[Range]) -> list[Part]:
    """Cut the whole source text by pages, and each of them into stretches."""
    text = document.source_text
    if not document.pages:
        return [Part(None, cut(text, ranges, within=(0, len(text))))]
    return [
        Part(page.number, cut(text, ranges, within=(page.start, page.end)))
        for page in document.pages
    ]


def section_of(document: Document, offset: int) -> tuple[str, ...]:
    """Return the headings above a character of the source text, outermost first."""
    position = _text_offset(document, offset)
    if position is None:
        return ()
    path: list[Block] = []
    for block in document.blocks:
        if block.kind is BlockKind.HEADING and block.start <= position:
            while path and path[-1].level >= block.level:
                path.pop()
            path.append(block)
    return tuple(document.text[block.start : block.end] for block in path)


def _text_offset(document: Document, offset: int) -> int | None:
    for run in document.alignment.runs:
        if run.source_start <= offset < run.source_start + run.source_length:
            return run.text_start + min(offset - run.source_start, run.text_length - 1)
    return None


def _joined(ranges: Sequence[Range]) -> list[Range]:
    joined: list[Range] = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
