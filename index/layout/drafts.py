"""Lines of plain text, and the drafts of blocks that they are gathered in."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import quantiles

from index.records import BlockKind, Page, Range

_LINE = re.compile(r"([^\r\n\f\v\x85\u2028\u2029]*)(\r\n|[\r\n\f\v\x85\u2028\u2029]|\Z)")
_BULLET = re.compile(r"\s*(?:[-*\u2022\u2013\u2023\u25e6\u25aa\u00b7\uf0b7]\s+)(?=\S)")
_NUMBERED_ITEM = re.compile(r"\s*\(?(?:\d{1,2}|[a-z])\)\s+(?=\S)|\s+\d{1,2}\.\s+(?=\S)")
CLOSED = re.compile(
    r"[.!?:\u2026][\"'\u201d\u2019\u00bb)\]$]*\s?[\d\u00b9\u00b2\u00b3\u2070-\u2079]{0,3}\Z"
)
_CUT_ADDRESS = re.compile(r"(?:://\S*|www\.)\Z")
_BROKEN_WORD = re.compile(r"[^\W\d_][-\u2010]\s*\Z")
_CONTINUATION = re.compile(r"[\"'\u201c\u2018\u00ab(\[]*([^\W\d_])")

_LONGEST_WRAPPED_LINE = 200  # characters; a longer line is a whole paragraph


@dataclass(slots=True)
class Line:
    """A line that is not blank, its line end included in the range but not in the text."""

    start: int
    end: int
    page: int  # index into the pages, -1 where there are none
    follows_gap: bool  # a blank line or a page break stands before it
    text: str


@dataclass(slots=True)
class Draft:
    """A block in the making."""

    kind: BlockKind
    lines: list[Line]
    ranges: list[Range] = field(default_factory=list)
    level: int = 0
    interrupts: bool = False  # stands between two parts of another block

    @property
    def text(self) -> str:
        """Its lines without the white space around them."""
        return "\n".join(line.text for line in self.lines).strip()

    @property
    def is_open(self) -> bool:
        """Whether it breaks off without a full stop."""
        last = self.lines[-1].text.rstrip()
        return not CLOSED.search(last) or bool(_CUT_ADDRESS.search(last))

    @property
    def is_continuation(self) -> bool:
        """Whether it starts in lower case."""
        match = _CONTINUATION.match(self.lines[0].text.lstrip())
        return bool(match and match[1].islower())


def read_lines(source_text: str, pages: Sequence[Page], skipped: Sequence[Range]) -> Iterator[Line]:
    """Yield the lines that hold more than white space and skipped ranges."""
    page_starts = [page.start for page in pages]
    last_page, gap = -1, True
    for match in _LINE.finditer(source_text):
        start, end = match.span(1)
        page = bisect_right(page_starts, start) - 1
        kept = subtract([(start, end)], skipped)
        text = "".join(source_text[first:last] for first, last in kept)
        if text.strip():
            yield Line(kept[0][0], match.end(), page, gap or page != last_page, text)
        last_page, gap = page, not text.strip()


def subtract(ranges: Sequence[Range], skipped: Sequence[Range]) -> tuple[Range, ...]:
    """Return what is left of ranges without the skipped ones, which are sorted and disjoint."""
    kept = []
    for start, end in ranges:
        at = bisect_right(skipped, start, key=lambda cut: cut[1])
        while at < len(skipped) and skipped[at][0] < end:
            if skipped[at][0] > start:
                kept.append((start, skipped[at][0]))
            start = skipped[at][1]
            at += 1
        if start < end:
            kept.append((start, end))
    return tuple(kept)


def draft_blocks(lines: list[Line]) -> list[Draft]:
    """Group lines into blocks; a wrapped line belongs to the block of the line before it."""
    drafts: list[Draft] = []
    width = _wrap_width(lines)
    for line in lines:
        last = drafts[-1] if drafts and not line.follows_gap else None
        is_row = bool(line.text.strip().count("\t"))
        if last and last.kind is BlockKind.TABLE_ROW and line.text.startswith("\t"):
            extend(last, line)
        elif is_row:
            drafts.append(_draft(BlockKind.TABLE_ROW, line))
        elif bullet := _BULLET.match(line.text) or _NUMBERED_ITEM.match(line.text):
            depth = 1 + (len(line.text) - len(line.text.lstrip())) // 4
            drafts.append(_draft(BlockKind.LIST_ITEM, line, level=depth))
            if _BULLET.match(line.text):
                drafts[-1].ranges[0] = (line.start + bullet.end(), line.end)
        elif last and last.kind is not BlockKind.TABLE_ROW and _is_wrapped(last, line, width):
            extend(last, line)
        else:
            drafts.append(_draft(BlockKind.PARAGRAPH, line))
    return drafts


def _draft(kind: BlockKind, line: Line, *, level: int = 0) -> Draft:
    return Draft(kind, [line], [(line.start, line.end)], level)


def extend(draft: Draft, line: Line) -> None:
    """Add a line to a draft."""
    draft.lines.append(line)
    if draft.ranges[-1][1] == line.start:
        draft.ranges[-1] = (draft.ranges[-1][0], line.end)
    else:
        draft.ranges.append((line.start, line.end))


def _wrap_width(lines: Sequence[Line]) -> float:
    """Return the length at which the text's lines are wrapped."""
    lengths = [
        len(line.text)
        for line, following in pairwise(lines)
        if not following.follows_gap and len(line.text) <= _LONGEST_WRAPPED_LINE
    ]
    return quantiles(lengths, n=10)[-1] if len(lengths) > 1 else _LONGEST_WRAPPED_LINE


def _is_wrapped(draft: Draft, line: Line, width: float) -> bool:
    """Tell whether a line break is there only because the next word did not fit."""
    before = draft.lines[-1].text
    goes_on = draft.is_open and Draft(BlockKind.PARAGRAPH, [line]).is_continuation
    if goes_on or _BROKEN_WORD.search(before):
        return True
    indents = len(line.text) - len(line.text.lstrip()) - (len(before) - len(before.lstrip()))
    if len(before) > _LONGEST_WRAPPED_LINE or (indents > 1 and draft.kind is BlockKind.PARAGRAPH):
        return False
    return len(before) + 1 + len(line.text.split(maxsplit=1)[0]) > 0.85 * width
