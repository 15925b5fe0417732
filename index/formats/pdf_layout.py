"""The blocks of a PDF: its text laid out as plain text would be, from where its lines stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from itertools import chain, pairwise
from statistics import median

from index.formats.pdf_lines import PdfLine, body_size, is_same_line
from index.layout import find_blocks
from index.layout.drafts import subtract
from index.records import BlockKind, Page, Range, SourceBlock

_BULLET = re.compile(r"\s*[\u2022\u25e6\u25aa\u25cf\u25cb\u25a0\u2023\u2013\u00b7\uf0b7*-]\s*")
_GAP = 1.25  # of the usual distance between lines: what sets paragraphs apart
_OTHER_SIZE = 0.1  # difference in size past which two lines are not of one paragraph
_INDENT = 0.7  # of the letters' height: the first line of a paragraph
_NOTE_SIZE = 0.93  # of the body's: letters of footnotes
_HEADING_SIZE = 1.1  # of the body's
_LONGEST_HEADING = 200  # characters


def find_pdf_blocks(
    text: str, pages: Sequence[Page], lines: Sequence[Sequence[PdfLine]], furniture: Sequence[Range]
) -> tuple[SourceBlock, ...]:
    """Find the blocks of a PDF's text.

    Args:
        text: The source text.
        pages: Its pages.
        lines: The lines of each page.
        furniture: Ranges of running heads and page numbers, sorted.
    """
    outside = set(furniture)
    standing = [[line for line in page if (line.start, line.end) not in outside] for page in lines]
    bullets = {line for page in standing for line in page if _BULLET.fullmatch(line.text)}
    kept = [[line for line in page if line not in bullets] for page in standing]
    every = list(chain.from_iterable(kept))
    size = body_size(every)
    items = {line.start for page in standing for line in _items(page, bullets)}
    columns = [gap for page in kept for gap in _columns(page)]
    blocks = find_blocks(
        _laid_out(text, kept, columns, items),
        pages,
        skipped=sorted(
            [
                *furniture,
                *((line.start, line.end) for line in bullets),
                *(marker for line in every for marker in line.markers),
            ]
        ),
        footnotes=[note for page in kept for note in _footnotes(page, size)],
    )
    headed = _with_headings(blocks, {line.start: line.size for line in every}, size)
    return tuple(_with_cells(block, columns) for block in _split_items(headed, items))


def _items(lines: Sequence[PdfLine], bullets: Set[PdfLine]) -> list[PdfLine]:
    """Return the lines that a bullet stands before: some programs write all bullets at the end."""
    return [
        line
        for line in lines
        if line not in bullets and any(is_same_line(bullet, line) for bullet in bullets)
    ]


def _laid_out(
    text: str, pages: Sequence[Sequence[PdfLine]], columns: Sequence[Range], items: Set[int]
) -> str:
    """Return the text with blank lines between paragraphs and tabs between cells.

    No character is added or taken away, so that its offsets are the source text's: pdfium ends
    a line with two characters, which are room enough for a blank line.
    """
    characters = list(text)
    for lines in pages:
        pitch = _pitch(lines)
        for at, (before, line) in enumerate(pairwise(lines), start=1):
            break_ = slice(before.end, before.end + 2)
            following = lines[at + 1] if at + 1 < len(lines) else None
            if text[break_] != "\r\n":
                continue
            if line.start == before.end + 2 and is_same_line(before, line):
                characters[break_] = "  "
            elif line.start in items or _starts_block(before, line, following, pitch):
                characters[break_] = "\n\n"
    for start, end in columns:
        characters[start:end] = "\t" + " " * (end - start - 1)
    return "".join(characters)


def _pitch(lines: Sequence[PdfLine]) -> float:
    """Return the usual distance from line to line, in points."""
    steps = [a.bottom - b.bottom for a, b in pairwise(lines) if a.bottom - b.bottom > a.size / 2]
    return median(steps) if steps else 0.0


def _starts_block(before: PdfLine, line: PdfLine, following: PdfLine | None, pitch: float) -> bool:
    step = before.bottom - line.bottom
    if step < 0:
        return False  # the top of the next column, where a paragraph may go on
    if abs(line.size - before.size) > _OTHER_SIZE * before.size or step > _GAP * pitch:
        return True
    indent = _INDENT * line.size
    return line.left - before.left > indent and (
        following is None or line.left - following.left > indent
    )


def _columns(lines: Sequence[PdfLine]) -> list[Range]:
    """Return the gaps between cells: gaps in a single line are none, but in lines on end."""
    gaps: list[Range] = []
    for at, line in enumerate(lines):
        around = [*lines[max(0, at - 1) : at], *lines[at + 1 : at + 2]]
        if any(neighbour.columns for neighbour in around):
            gaps += line.columns
    return gaps


def _footnotes(lines: Sequence[PdfLine], size: float) -> list[Range]:
    """Return the lines in small letters at the foot of a page, where a note is numbered."""
    foot: list[PdfLine] = []
    for line in sorted(lines, key=lambda line: line.bottom):
        if line.size > _NOTE_SIZE * size:
            break
        foot.append(line)
    if not any(line.text.lstrip()[:1].isdigit() or line.text.lstrip()[:1] in "*†" for line in foot):
        return []
    return sorted((line.start, line.end) for line in foot)


def _with_headings(
    blocks: Sequence[SourceBlock], sizes: Mapping[int, float], body: float
) -> list[SourceBlock]:
    """Turn short paragraphs in large letters into headings, the largest the highest."""
    large = {
        at: round(sizes[block.ranges[0][0]], 1)
        for at, block in enumerate(blocks)
        if block.kind in (BlockKind.PARAGRAPH, BlockKind.HEADING)
        and sizes.get(block.ranges[0][0], 0) > _HEADING_SIZE * body
        and sum(end - start for start, end in block.ranges) <= _LONGEST_HEADING
    }
    levels = {size: level for level, size in enumerate(sorted(set(large.values()))[::-1], start=1)}
    return [
        replace(block, kind=BlockKind.HEADING, level=levels[large[at]]) if at in large else block
        for at, block in enumerate(blocks)
    ]


def _split_items(blocks: Iterable[SourceBlock], items: Set[int]) -> Iterator[SourceBlock]:
    """Split blocks where a bulleted line starts: items that end in no full stop look like one."""
    for block in blocks:
        starts = [at for at, (start, _) in enumerate(block.ranges) if start in items]
        if not starts or block.kind is BlockKind.HEADING:
            yield block
            continue
        if starts[0]:
            yield replace(block, ranges=block.ranges[: starts[0]])
        for first, last in pairwise([*starts, len(block.ranges)]):
            yield SourceBlock(BlockKind.LIST_ITEM, block.ranges[first:last], 1)


def _with_cells(block: SourceBlock, columns: Sequence[Range]) -> SourceBlock:
    if block.kind is not BlockKind.TABLE_ROW:
        return block
    return replace(block, ranges=subtract(block.ranges, columns))
