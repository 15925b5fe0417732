"""Which block is a caption, a footnote or a heading."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from unicodedata import digit

from index.layout.drafts import CLOSED, Draft
from index.records import BlockKind, Range

_SUPERSCRIPT_NOTE = re.compile(r"([\u00b9\u00b2\u00b3\u2070\u2074-\u2079]{1,3})\s?(?=\S)")
_DIGIT_NOTE = re.compile(r"(\d{1,3})\s+(?=[\"\u201c'A-Z])")
_REFERENCE = re.compile(
    r"(?i)\b(?:cited in|ibid|op\. ?cit|author's interview|https?:|www\.)|\b(?:see|at):|\bcf\."
)
_CAPTION = re.compile(r"(?:Table|Figure|Fig\.|Chart|Box|Map)\s+[\dA-Z][\d.]{0,4}[.:]?\s*(?=\S|\Z)")
NUMBERED_HEADING = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*\.?|[IVX]{1,5}\.)\s+(?=[^\W\d_])")

_LONGEST_HEADING = 120  # characters


def classify(drafts: list[Draft], footnotes: Sequence[Range]) -> None:
    """Tell captions, footnotes and headings from paragraphs."""
    numbers = [_note_number(draft) for draft in drafts]
    for at, draft in enumerate(drafts):
        if draft.kind is not BlockKind.PARAGRAPH:
            continue
        start = draft.ranges[0][0]
        following = drafts[at + 1] if at + 1 < len(drafts) else None
        hinted = bisect_right(footnotes, start, key=lambda note: note[0]) - 1
        is_hinted = hinted >= 0 and start < footnotes[hinted][1]
        if (
            is_hinted
            or _SUPERSCRIPT_NOTE.match(draft.text)
            or _is_numbered_note(numbers, at, draft)
        ):
            draft.kind = BlockKind.FOOTNOTE
        elif _is_caption(draft, following):
            draft.kind = BlockKind.CAPTION
        elif level := _heading_level(draft, drafts[at - 1] if at else None, following):
            draft.kind, draft.level = BlockKind.HEADING, level
    _spread_footnotes(drafts)


def _note_number(draft: Draft) -> int | None:
    match = _SUPERSCRIPT_NOTE.match(draft.text) or _DIGIT_NOTE.match(draft.text)
    return int("".join(str(digit(mark)) for mark in match[1])) if match else None


def _is_numbered_note(numbers: Sequence[int | None], at: int, draft: Draft) -> bool:
    """Tell whether a block that starts with a number is one of a run of notes."""
    number = numbers[at]
    if number is None:
        return False
    near = [*numbers[max(0, at - 3) : at], *numbers[at + 1 : at + 4]]
    return number - 1 in near or number + 1 in near or bool(_REFERENCE.search(draft.text))


def _is_caption(draft: Draft, following: Draft | None) -> bool:
    if _CAPTION.match(draft.text) and len(draft.text) <= 2 * _LONGEST_HEADING:
        return True
    before_table = following is not None and following.kind is BlockKind.TABLE_ROW
    return before_table and len(draft.text) <= _LONGEST_HEADING and not draft.is_continuation


def _heading_level(draft: Draft, before: Draft | None, following: Draft | None) -> int:
    """Return the level of a heading, 1 the highest, or 0 for what is none."""
    text = draft.text
    numbered, closed = NUMBERED_HEADING.match(text), CLOSED.search(text)
    if (
        len(draft.lines) > 1
        or len(text) > _LONGEST_HEADING
        or draft.is_continuation
        or text[-1] in ",;*-"
        or (closed and closed[0][0] in ".:")
        or not (numbered or text[0].isupper())
        or following is None
        or following.kind is BlockKind.TABLE_ROW
    ):
        return 0
    if numbered:
        return 2 + numbered[0].strip().rstrip(".").count(".")
    if following.kind is BlockKind.PARAGRAPH and following.is_continuation:
        return 0
    if before is None:
        return 1
    after_text = before.kind is not BlockKind.HEADING and before.is_open
    return 0 if after_text or text.count(",") > 1 or len(following.text) <= len(text) else 2


def _spread_footnotes(drafts: list[Draft]) -> None:
    """Take unnumbered references that stand beside footnotes for footnotes too."""
    for line_up in (drafts, drafts[::-1]):
        for beside, draft in pairwise(line_up):
            if (
                beside.kind is BlockKind.FOOTNOTE
                and draft.kind is BlockKind.PARAGRAPH
                and not draft.is_continuation
                and _REFERENCE.search(draft.text)
            ):
                draft.kind = BlockKind.FOOTNOTE
