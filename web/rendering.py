"""Blocks of a document → what a page shows as headings, paragraphs, lists and tables."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from index.records import Block, BlockKind, Document, Range
from web.source import Marks, Stretch
from web.tables import Cell, split_cells

_DEEPEST_HEADING = 6
_DEEPEST_LIST = 8


class Prose(NamedTuple):
    """A block of text; the level is that of a heading, from 2 below the page's own."""

    kind: BlockKind
    level: int
    stretches: list[Stretch]


class Item(NamedTuple):
    """An item of a list, and the items of the list inside it."""

    stretches: list[Stretch]
    items: list[Item]


class Listing(NamedTuple):
    """Neighbouring items of lists."""

    items: list[Item]
    kind: BlockKind = BlockKind.LIST_ITEM


class Table(NamedTuple):
    """Neighbouring rows, under the caption and the names of the columns that the source tells."""

    number: int  # on the page, from 1
    caption: list[Stretch]
    header: list[Cell]
    rows: list[list[Cell]]
    kind: BlockKind = BlockKind.TABLE_ROW


Element = Prose | Listing | Table


def find_marks(document: Document, ranges: Sequence[Range]) -> tuple[Marks, bool]:
    """Mark ranges in the blocks.

    Returns:
        The marks; a link opens them at the first character that a block shows. And whether a
        range lies where no block shows any: in front matter, markup, a note marker.
    """
    runs = sorted(document.alignment.runs, key=lambda run: run.source_start)
    openings: list[int | None] = []
    for start, end in ranges:
        at = bisect_right(runs, start, key=lambda run: run.source_start)
        if at and start < runs[at - 1].source_start + runs[at - 1].source_length:
            openings.append(start)
        else:
            shown = at < len(runs) and runs[at].source_start < end
            openings.append(runs[at].source_start if shown else None)
    opening = next((offset for offset in openings if offset is not None), None)
    return Marks(Marks.of(ranges).ranges, opening), None in openings


def render(document: Document, marks: Marks, within: Range) -> Iterator[Element]:
    """Yield what a page shows of the blocks that lie in a range of the reading text."""
    headings: list[int] = []  # levels of those above
    tables = 0
    for group in _groups(_shown(document.blocks, within)):
        block = group[-1]
        if block.kind is BlockKind.TABLE_ROW:
            tables += 1
            yield _table(document, marks, group, number=tables)
        elif block.kind is BlockKind.LIST_ITEM:
            yield Listing(_nested(document, marks, group))
        else:
            level = _heading_level(headings, block) if block.kind is BlockKind.HEADING else 0
            yield Prose(block.kind, level, _cut(marks, _stretches(document, block)))


def _shown(blocks: Sequence[Block], within: Range) -> list[Block]:
    """Return the blocks in a range, after what names the columns of a table cut by its start."""
    first = bisect_right(blocks, within[0], key=lambda block: block.end)
    last = bisect_left(blocks, within[1], key=lambda block: block.start)
    above = first
    while 0 < above < last and blocks[above].kind is BlockKind.TABLE_ROW:
        above -= 1
    heads = blocks[above : above + 1] if above < first else ()
    return [head for head in heads if head.kind is BlockKind.CAPTION] + list(blocks[first:last])


def _groups(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Yield the blocks that make up one element: a table with its caption, a list, or one block."""
    group: list[Block] = []
    for block in blocks:
        if group and not _goes_on(group[-1].kind, block.kind):
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _goes_on(before: BlockKind, kind: BlockKind) -> bool:
    if kind is BlockKind.TABLE_ROW:
        return before in (BlockKind.TABLE_ROW, BlockKind.CAPTION)
    return kind is before is BlockKind.LIST_ITEM


def _heading_level(above: list[int], heading: Block) -> int:
    """Return a heading's level on the page, where none is skipped, and remember its own."""
    while above and above[-1] >= heading.level:
        above.pop()
    above.append(heading.level)
    return min(1 + len(above), _DEEPEST_HEADING)


def _nested(document: Document, marks: Marks, blocks: Sequence[Block]) -> list[Item]:
    top: list[Item] = []
    around = [(0, top)]  # the lists that are open, by their depth
    for block in blocks:
        depth = min(max(block.level, 1), _DEEPEST_LIST)
        while around[-1][0] >= depth:
            around.pop()
        item = Item(_cut(marks, _stretches(document, block)), [])
        around[-1][1].append(item)
        around.append((depth, item.items))
    return top


def _table(document: Document, marks: Marks, blocks: Sequence[Block], *, number: int) -> Table:
    """Make a table of rows of one width; a caption of several cells names the columns.

    Where it is shorter than the rows, it most often lacks a name for the first of them.
    """
    rows = [
        [_cut(marks, cell) for cell in split_cells(document, _stretches(document, block))]
        for block in blocks
    ]
    width = max(map(len, rows))
    wide = [row + [[]] * (width - len(row)) for row in rows]
    if blocks[0].kind is not BlockKind.CAPTION:
        return Table(number, [], [], wide)
    if len(rows[0]) > 1 or width == 1:
        return Table(number, [], [[]] * (width - len(rows[0])) + rows[0], wide[1:])
    return Table(number, rows[0][0], [], wide[1:])


def _stretches(document: Document, block: Block) -> list[Stretch]:
    """Return what a block shows of the source, in its order."""
    runs = document.alignment.runs
    first = bisect_left(runs, block.start, key=lambda run: run.text_start)
    last = bisect_left(runs, block.end, key=lambda run: run.text_start)
    return [
        Stretch(
            document.text[run.text_start : run.text_start + run.text_length],
            run.source_start,
            run.source_start + run.source_length,
        )
        for run in runs[first:last]
    ]


def _cut(marks: Marks, stretches: Iterable[Stretch]) -> list[Stretch]:
    return [part for stretch in _joined(stretches) for part in marks.cut(stretch)]


def _joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Join neighbours that show the source one to one and go on in it."""
    joined: list[Stretch] = []
    for stretch in stretches:
        before = joined[-1] if joined else None
        if before and before.end == stretch.start and before.is_exact and stretch.is_exact:
            joined[-1] = Stretch(before.text + stretch.text, before.start, stretch.end)
        else:
            joined.append(stretch)
    return joined
