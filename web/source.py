"""Ranges of a document's source text: as an address writes them, and as a page marks them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from index.records import Block, BlockKind, Document, Page, Range

RANGES_PATTERN = r"^[0-9]{1,12}-[0-9]{1,12}(,[0-9]{1,12}-[0-9]{1,12}){0,999}$"
_LONGEST_LINE = 2_000  # characters that are searched for a line's start


class RangesError(ValueError):
    """The ranges of a request are malformed or lie outside the document."""


class Stretch(NamedTuple):
    """Text as it is shown, and the half-open range of source text that it shows.

    They correspond one to one where they are equally long; other text stands for the whole range.
    """

    text: str
    start: int
    end: int
    marked: bool = False
    first: bool = False  # what a link opens

    @property
    def is_exact(self) -> bool:
        """Whether every character shows its own character of the source."""
        return len(self.text) == self.end - self.start


class Part(NamedTuple):
    """The source text of one page, or of a document that has no pages."""

    number: int | None
    stretches: list[Stretch]


@dataclass(frozen=True, slots=True)
class Marks:
    """What is marked of the source text.

    Attributes:
        ranges: Half-open and disjoint, in order.
        opening: The character that a link opens, if any is marked.
    """

    ranges: tuple[Range, ...]
    opening: int | None

    @classmethod
    def of(cls, ranges: Sequence[Range]) -> Marks:
        """Mark ranges, which may overlap; a link opens the first one given."""
        joined: list[Range] = []
        for start, end in sorted(ranges):
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], end))
            else:
                joined.append((start, end))
        return cls(tuple(joined), ranges[0][0] if ranges else None)

    def cut(self, stretch: Stretch) -> Iterator[Stretch]:
        """Cut a stretch at the edges of the marked ranges; replaced text is marked as a whole."""
        edges = self._edges(stretch.start, stretch.end)
        if not stretch.is_exact:
            yield self._marked(stretch) if edges else stretch
            return
        at = stretch.start
        for start, end in edges:
            if at < start:
                yield _slice(stretch, at, start)
            yield self._marked(_slice(stretch, start, end))
            at = end
        if at < stretch.end:
            yield _slice(stretch, at, stretch.end)

    def _edges(self, start: int, end: int) -> list[Range]:
        first = bisect_right(self.ranges, start, key=lambda marked: marked[1])
        last = bisect_right(self.ranges, end - 1, key=lambda marked: marked[0])
        return [(max(a, start), min(b, end)) for a, b in self.ranges[first:last]]

    def _marked(self, stretch: Stretch) -> Stretch:
        first = self.opening is not None and stretch.start <= self.opening < stretch.end
        return stretch._replace(marked=True, first=first)


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


def cut_by_pages(document: Document, marks: Marks, within: Range) -> list[Part]:
    """Cut source text by pages, and each of them into stretches.

    Args:
        document: The document.
        marks: What of its source text is marked.
        within: What of it is shown, half-open.
    """
    text = document.source_text
    parts = []
    for page in document.pages or [Page(0, 0, len(text))]:
        start, end = max(page.start, within[0]), min(page.end, within[1])
        if start < end:
            whole = Stretch(text[start:end], start, end)
            parts.append(Part(page.number or None, list(marks.cut(whole))))
    return parts


def line_start(text: str, offset: int) -> int:
    """Return where the line around an offset starts, or the offset in a line of vast length."""
    at = text.rfind("\n", max(0, offset - _LONGEST_LINE), offset)
    return offset if at < 0 else at + 1


def section_of(document: Document, offset: int) -> tuple[str, ...]:
    """Return the headings above a character of the source text, outermost first."""
    position = text_offset(document, offset)
    if position is None:
        return ()
    path: list[Block] = []
    for block in document.blocks:
        if block.kind is BlockKind.HEADING and block.start <= position:
            while path and path[-1].level >= block.level:
                path.pop()
            path.append(block)
    return tuple(document.text[block.start : block.end] for block in path)


def text_offset(document: Document, offset: int) -> int | None:
    """Return where the reading text shows a character of the source text, if it does."""
    for run in document.alignment.runs:
        if run.source_start <= offset < run.source_start + run.source_length:
            return run.text_start + min(offset - run.source_start, run.text_length - 1)
    return None


def _slice(stretch: Stretch, start: int, end: int) -> Stretch:
    return Stretch(stretch.text[start - stretch.start : end - stretch.start], start, end)
