"""A second look at a passage: the sentences around its best span, read without the rest.

A reader errs otherwise where less stands around an answer, so both looks together err less.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.reader.model import ReadWindow
from assistant.reader.spans import ReadSpan
from index.records import Range

# Of the second look in the logits; measured, see docs/decisions/reader.md
SHARE_OF_PROSE = 0.3
SHARE_OF_ROWS = 0.7  # whose cells stand behind what their columns are called

Logits = NDArray[np.float32]


class CloserLook(NamedTuple):
    """A part of a passage that was read alone."""

    part: Range  # half-open in the passage's text
    windows: Sequence[ReadWindow]


def part_around(span: ReadSpan) -> Range | None:
    """Return what to read again of a span's passage: its sentence, and one before and after.

    Returns:
        A half-open range in the passage's text; None if that would be all of its sentences.
    """
    passage = span.hit.passage
    held = [
        at
        for at, (start, end) in enumerate(passage.sentences)
        if start < span.end and span.start < end
    ]
    if not held:
        return None
    first, last = max(0, held[0] - 1), min(held[-1] + 1, len(passage.sentences) - 1)
    if (first, last) == (0, len(passage.sentences) - 1):
        return None
    return (
        passage.sentences[first][0] - passage.start,
        passage.sentences[last][1] - passage.start,
    )


def blend(
    windows: Sequence[ReadWindow], looks: Sequence[CloserLook], share: float
) -> list[ReadWindow]:
    """Move a passage's logits by a share toward those of closer looks, where there are any.

    How much all of its spans exceed no answer is left as it was: passages that were not looked at
    again are compared with it by that.
    """
    if not looks:
        return list(windows)
    seen = [(look.part[0], read) for look in looks for read in look.windows]
    starts = _highest((at + read.window.starts, read.start - read.none / 2) for at, read in seen)
    ends = _highest((at + read.window.ends, read.end - read.none / 2) for at, read in seen)
    return [_blended(read, starts, ends, share) if len(read.start) else read for read in windows]


def _highest(logits: Iterable[tuple[NDArray[np.int64], Logits]]) -> dict[int, float]:
    """Return the highest logit at each place in the passage's text."""
    highest: dict[int, float] = {}
    for places, values in logits:
        for place, value in zip(places.tolist(), values.tolist(), strict=True):
            highest[place] = max(value, highest.get(place, value))
    return highest


def _blended(
    read: ReadWindow, starts: Mapping[int, float], ends: Mapping[int, float], share: float
) -> ReadWindow:
    blended = replace(
        read,
        start=_toward(read.start - read.none / 2, read.window.starts, starts, share),
        end=_toward(read.end - read.none / 2, read.window.ends, ends, share),
        none=0.0,
    )
    return replace(blended, none=blended.margin - read.margin)


def _toward(
    logits: Logits, places: NDArray[np.int64], closer: Mapping[int, float], share: float
) -> Logits:
    seen = np.array(
        [closer.get(*one) for one in zip(places.tolist(), logits.tolist(), strict=True)], np.float32
    )
    return logits + share * (seen - logits)
