"""Rows of a table → their cells, the empty ones too, which reading text leaves out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.records import Document
from web.source import Stretch

# What parts cells in the source text: the built text of the other formats has tabs.
_SEPARATORS = {
    "text/csv": re.compile(r"[,;|\t]"),
    "text/markdown": re.compile(r"(?<!\\)\|"),
}
_TAB = re.compile(r"\t")
_LINE_END = re.compile(r"[\r\n]|\Z")

Cell = list[Stretch]


def split_cells(document: Document, row: Sequence[Stretch]) -> list[Cell]:
    """Split a row into its cells, with those that the separators of the source leave empty.

    Args:
        document: The document.
        row: What its block shows; a tab parts two cells, or stands where markup was left out.
    """
    separator = _SEPARATORS.get(document.media_type, _TAB)
    source = document.source_text
    outer = document.media_type == "text/markdown"  # one more opens a row, and one closes it

    def count(start: int, end: int) -> int:
        return len(separator.findall(source, start, end))

    start, end = _line_around(source, row[0].start, row[-1].end)
    first, *rest = _between_tabs(row)
    cells = [*_empty(count(start, first[0].start) - outer), first]
    for part in rest:
        parted = count(cells[-1][-1].end, part[0].start)
        if parted:
            cells += [*_empty(parted - 1), part]
        else:
            cells[-1] += part
    return cells + _empty(count(row[-1].end, end) - outer)


def _empty(number: int) -> list[Cell]:
    return [[] for _ in range(number)]


def _line_around(source: str, start: int, end: int) -> tuple[int, int]:
    before = max(source.rfind("\n", 0, start), source.rfind("\r", 0, start))
    after = _LINE_END.search(source, end)
    return before + 1, after.start() if after else end


def _between_tabs(row: Sequence[Stretch]) -> Iterator[Cell]:
    part: Cell = []
    for stretch in row:
        at = stretch.start
        for number, text in enumerate(stretch.text.split("\t")):
            if number and part:
                yield part
                part = []
            if text:
                part.append(_slice(stretch, text, at))
            at += len(text) + 1
    if part:
        yield part


def _slice(stretch: Stretch, text: str, start: int) -> Stretch:
    """Return a part of a stretch; of one that replaces its source, any part shows all of that."""
    if stretch.is_exact:
        return Stretch(text, start, start + len(text))
    return stretch._replace(text=text)
