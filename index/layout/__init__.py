"""Blocks of plain text: paragraphs, headings, lists, table rows and footnotes.

Text that was extracted from pages has its sentences interrupted: by a page break, by the
footnotes at the foot of the page, by a table. A paragraph is put together again here, as several
ranges of the source text, and what interrupted it becomes blocks of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from index.layout.drafts import draft_blocks, read_lines, subtract
from index.layout.interruptions import stitch
from index.layout.kinds import classify
from index.records import Page, Range, SourceBlock


def find_blocks(
    source_text: str,
    pages: Sequence[Page] = (),
    *,
    skipped: Sequence[Range] = (),
    footnotes: Sequence[Range] = (),
) -> tuple[SourceBlock, ...]:
    """Find the blocks of plain text.

    Args:
        source_text: Text with line ends, as a file or a page holds it.
        pages: Its pages, where it has any, in order.
        skipped: Ranges that belong to no block (running heads, page numbers, note markers),
            sorted and disjoint.
        footnotes: Ranges whose lines are known to be footnotes, sorted and disjoint.

    Returns:
        Blocks in reading order: one that another interrupts comes before it.
    """
    drafts = draft_blocks(list(read_lines(source_text, pages, skipped)))
    classify(drafts, footnotes)
    return tuple(
        SourceBlock(draft.kind, subtract(draft.ranges, skipped), draft.level)
        for draft in stitch(drafts)
    )
