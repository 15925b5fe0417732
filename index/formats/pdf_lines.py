"""Lines of a PDF's pages, as they stand on the paper."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from index.formats.pdf_document import PageText
from index.records import Range

_LINE = re.compile(r"[^\r\n]+")
_COLUMN_GAP = 1.6  # of the letters' height: wider than the spaces of justified text
_SAME_LINE = 0.4  # of the letters' height, up or down
# Raised digits after units of length are powers.
_MARKER = re.compile(r"(?<!\b[ckm]m)(?<!\bm)(?<=[^\s\d]) ?([\d*\u2020\u2021]{1,3})(?!\d)")
_RAISED, _SMALLER = 0.15, 0.85  # of the letters before: where a note marker stands, and its size


@dataclass(frozen=True, slots=True)
class PdfLine:
    """One line of text; offsets count characters of the source text."""

    start: int
    end: int
    text: str
    left: float  # of its first letter; this and the next three in points, y upwards
    right: float
    bottom: float  # median of its letters
    size: float  # median height of its letters
    columns: tuple[Range, ...]  # the white space between cells, if it is a table's row
    markers: tuple[Range, ...]  # raised note markers


def read_lines(page: PageText, start: int) -> list[PdfLine]:
    """Read the lines of a page in pdfium's order.

    Args:
        page: Its characters.
        start: Offset of its first character in the source text.
    """
    parts = (_line(page, match.span(), start) for match in _LINE.finditer(page.text))
    return [line for line in parts if line]


def is_same_line(before: PdfLine, line: PdfLine) -> bool:
    """Tell whether pdfium cut a line in two, as it does after a raised marker."""
    return (
        abs(line.bottom - before.bottom) < _SAME_LINE * min(before.size, line.size)
        and 0 <= line.left - before.right + line.size < 2 * line.size
    )


def _line(page: PageText, span: Range, start: int) -> PdfLine | None:
    places = [at for at in range(*span) if not page.text[at].isspace()]
    if not places:
        return None
    boxes = [page.boxes[at] for at in places]
    size = median(top - bottom for _, bottom, _, top in boxes)
    return PdfLine(
        start=start + span[0],
        end=start + span[1],
        text=page.text[slice(*span)],
        left=boxes[0][0],
        right=boxes[-1][2],
        bottom=median(bottom for _, bottom, _, _ in boxes),
        size=size,
        columns=tuple(
            (start + before + 1, start + after)
            for before, after in pairwise(places)
            if after > before + 1
            and page.boxes[after][0] - page.boxes[before][2] > _COLUMN_GAP * size
        ),
        markers=tuple((start + first, start + last) for first, last in _markers(page, span)),
    )


def _markers(page: PageText, span: Range) -> Iterator[Range]:
    for match in _MARKER.finditer(page.text, *span):
        _, bottom, _, top = page.boxes[match.start(1)]
        _, bottom_before, _, top_before = page.boxes[match.start() - 1]
        height = top_before - bottom_before
        if bottom - bottom_before > _RAISED * height and top - bottom < _SMALLER * height:
            yield match.span(1)


def body_size(lines: Sequence[PdfLine]) -> float:
    """Return the height of the letters that most of the text is set in, in points."""
    lengths: dict[float, int] = {}
    for line in lines:
        size = round(line.size, 1)
        lengths[size] = lengths.get(size, 0) + len(line.text)
    return max(lengths, key=lengths.__getitem__, default=0.0)
