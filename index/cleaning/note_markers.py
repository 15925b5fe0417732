"""Where the markers of notes stand in running text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unicodedata import digit

from index.cleaning.aligned import AlignedText
from index.records import BlockKind, Range, SourceBlock

_SUPERSCRIPTS = "\u2070\u00b9\u00b2\u00b3\u2074-\u2079"
# After three letters or punctuation: the exponents of units (m², km²) stay.
_RAISED = re.compile(
    rf"(?:(?<=[^\W\d_]{{3}})|(?<=[.,;:!?\"'\u2019\u201d)\]]))\s?(?P<number>[{_SUPERSCRIPTS}]{{1,3}})"
)
_AFTER_QUOTE = r"(?<=[\"'\u2019\u201d)\]])"
_AFTER_STOP = r"(?<=[^\W\d_)\]\"'\u2019\u201d][.,;:!?])"
_GLUED = re.compile(
    rf"(?:{_AFTER_QUOTE}|{_AFTER_STOP})(?P<number>\d{{1,3}})(?=\s|[.,;:\u2013\u2014]|\Z)"
)
_SPACED = re.compile(
    r"(?:(?<=[.!?,][\"'\u2019\u201d])|(?<=[^\W\d_][.!?]))"
    r"\s(?P<number>\d{1,3})(?=\s[\"\u201c'(\[]?[A-Z]|\Z)"
)
_AT_END = re.compile(r"(?<=[A-Za-z])(?P<number>\d{1,2})\Z")
_NUMBERED_NOTE = re.compile(rf"([\d{_SUPERSCRIPTS}]{{1,3}})\s?\D")
_CERTAIN = 8
_PATTERNS = ((_RAISED, _CERTAIN), (_GLUED, 4), (_SPACED, 2))
_LARGEST_STEP = 4  # markers that text recognition may lose in a row


@dataclass(frozen=True, slots=True)
class _Marker:
    block: int
    start: int
    end: int
    number: int
    certainty: int


def find_note_markers(
    blocks: Sequence[tuple[SourceBlock, AlignedText]],
) -> Iterator[tuple[int, list[Range]]]:
    """Find the note markers in a document's text.

    Superscript digits are markers. Plain digits are ambiguous (``order"1 after``, ``home. 19 We``),
    so they count only in documents that have numbered notes, and only as far as they continue one
    rising series.

    Yields:
        The index of a block with markers, and their ranges in its text.
    """
    markers = [m for at, (b, t) in enumerate(blocks) for m in _candidates(at, b.kind, t.text)]
    accepted = {marker for marker in markers if marker.certainty == _CERTAIN}
    notes = {
        _number(match[1])
        for block, aligned in blocks
        if block.kind is BlockKind.FOOTNOTE and (match := _NUMBERED_NOTE.match(aligned.text))
    }
    if accepted or notes:
        markers.sort(key=lambda marker: (marker.block, marker.start))
        series = _best_series(markers)
        if len(series) > 1 or notes.intersection(marker.number for marker in series):
            accepted |= set(series)
    for at in sorted({marker.block for marker in accepted}):
        yield at, sorted((m.start, m.end) for m in accepted if m.block == at)


def _candidates(at: int, kind: BlockKind, text: str) -> Iterator[_Marker]:
    if kind in (BlockKind.FOOTNOTE, BlockKind.CODE):
        return
    patterns = [*_PATTERNS, (_AT_END, 1)] if kind is BlockKind.CAPTION else _PATTERNS
    for pattern, certainty in patterns:
        for match in pattern.finditer(text):
            number = _number(match["number"])
            yield _Marker(at, match.start(), match.end(), number, certainty)


def _number(marker: str) -> int:
    return int("".join(str(digit(character)) for character in marker))


def _best_series(markers: Sequence[_Marker]) -> list[_Marker]:
    """Return the markers of the most certain rising series; each chapter may start again at 1."""
    totals: list[int] = []
    before: list[int] = []
    for at, marker in enumerate(markers):
        total, previous = 0, -1
        for back in range(max(0, at - 40), at):
            step = marker.number - markers[back].number
            if (0 < step <= _LARGEST_STEP or marker.number == 1) and totals[back] > total:
                total, previous = totals[back], back
        totals.append(total + marker.certainty)
        before.append(previous)
    series: list[_Marker] = []
    at = max(range(len(totals)), key=totals.__getitem__, default=-1)
    while at >= 0:
        series.append(markers[at])
        at = before[at]
    return series
