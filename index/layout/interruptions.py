"""Paragraphs that a page break, footnotes or a table interrupt, put together again."""

from __future__ import annotations

from collections.abc import Sequence

from index.layout.drafts import Draft, extend
from index.layout.kinds import NUMBERED_HEADING
from index.records import BlockKind

_SHORTEST_OPEN_PARAGRAPH = 40  # characters; what is shorter without a full stop is a label
_FARTHEST_CONTINUATION = 60  # blocks between the two parts of an interrupted paragraph


def stitch(drafts: Sequence[Draft]) -> list[Draft]:
    """Join the parts of interrupted blocks and make footnotes of what interrupts them."""
    stitched: list[Draft] = []
    opened: list[int] = []  # indexes of blocks in ``stitched`` that wait for their other half
    for draft in drafts:
        at = _first_half(draft, stitched, opened)
        if at is None:
            if draft.kind is BlockKind.HEADING:
                opened.clear()
            stitched.append(draft)
            at = len(stitched) - 1
        else:
            del opened[opened.index(at) if at in opened else len(opened) :]
            for between in stitched[at + 1 :]:
                between.interrupts = True
                if between.kind is BlockKind.PARAGRAPH:
                    between.kind = BlockKind.FOOTNOTE
            for line in draft.lines:
                extend(stitched[at], line)
        if _may_go_on(stitched[at]):
            opened.append(at)
    return stitched


def _may_go_on(draft: Draft) -> bool:
    body = draft.kind in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM)
    return body and draft.is_open and len(draft.text) >= _SHORTEST_OPEN_PARAGRAPH


def _first_half(draft: Draft, stitched: Sequence[Draft], opened: Sequence[int]) -> int | None:
    """Return the index of the block that a block goes on with, or None where it starts anew."""
    if not stitched or draft.kind not in (BlockKind.PARAGRAPH, BlockKind.FOOTNOTE):
        return None
    last = stitched[-1]
    footnote_goes_on = last.kind is BlockKind.FOOTNOTE and last.is_open
    if draft.is_continuation and footnote_goes_on and not last.interrupts:
        return len(stitched) - 1
    if not opened or draft.kind is BlockKind.FOOTNOTE:
        return None
    at = opened[-1]
    turns_page = draft.lines[0].page == stitched[at].lines[-1].page + 1 > 0
    if len(stitched) - 1 - at > _FARTHEST_CONTINUATION:
        return None
    between = stitched[at + 1 :]
    if not draft.is_continuation:
        # A capital goes on with a sentence only over a page break with nothing but notes between.
        notes_only = all(block.kind is BlockKind.FOOTNOTE for block in between)
        return at if turns_page and notes_only and not NUMBERED_HEADING.match(draft.text) else None
    apart = [block for block in between if block.kind is not BlockKind.PARAGRAPH]
    if between and not apart and not turns_page:
        return None
    return at
