"""Logits → the spans of a passage that may answer, best first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.reader.model import ReadWindow
from assistant.reader.shapes import Shapes
from index.records import Hit, Range

_LONGEST = 48  # tokens of an answer
_SPANS = 5  # of a passage
_LOOKED_AT = 60  # best-scored spans of a window, of which most overlap one another
_TAB = re.compile(r"\t")
_FAULT = 0.75  # what a fault costs, in logits; fitted, see docs/decisions/reader.md


@dataclass(frozen=True, slots=True)
class ReadSpan:
    """A span that may answer, in its document's reading text.

    Attributes:
        margin: How much its start and end logits exceed those of no answer in this passage.
        share: Of the passage's spans, the logarithm of what falls to this one.
    """

    hit: Hit
    start: int
    end: int
    margin: float
    share: float

    @property
    def text(self) -> str:
        """What the span says."""
        offset = self.hit.passage.start
        return self.hit.passage.text[self.start - offset : self.end - offset]

    def overlaps(self, other: ReadSpan) -> bool:
        """Tell whether two spans share characters of one document."""
        return (
            self.hit.passage.document_id == other.hit.passage.document_id
            and self.start < other.end
            and other.start < self.end
        )


class ReadRow(NamedTuple):
    """A row, half-open in its passage's text, and its margin when it is read alone."""

    within: Range
    margin: float


def spans_of_passage(
    hit: Hit, windows: Sequence[ReadWindow], *, run_on: float, rows: Sequence[ReadRow] = ()
) -> list[ReadSpan]:
    """Return a passage's best spans, none of which overlap.

    Args:
        hit: The passage.
        windows: All of its windows, read.
        run_on: What a span that runs on into another sentence must have over one that does not.
        rows: Those of its tables, if it holds any.
    """
    text = hit.passage.text
    spans = partial(_spans, hit, windows, run_on=run_on, shapes=Shapes(text))
    if rows:
        found = _weighed_by_rows([spans(row.within) for row in rows], [row.margin for row in rows])
    else:
        found = spans((0, len(text)))
    best = apart(sorted(found, key=lambda span: -span.margin))[:_SPANS]
    total = _total(best)
    return [replace(span, share=span.margin - total) for span in best]


def _weighed_by_rows(
    spans: Sequence[Sequence[ReadSpan]], margins: Sequence[float]
) -> list[ReadSpan]:
    """Make a row as likely as it is when read alone.

    Read together, a date is taken for the event before it, as in prose; read alone, a row's date
    has no rival, but less of it is quoted. How likely the passage is, and which of its row's spans
    one is, is left as it was.
    """
    totals = [_total(of_row) for of_row in spans]
    passage, rows = np.logaddexp.reduce(totals), np.logaddexp.reduce(margins)
    if not np.isfinite(rows):
        return [span for of_row in spans for span in of_row]
    return [
        replace(span, margin=float(span.margin - total + passage + margin - rows))
        for of_row, total, margin in zip(spans, totals, margins, strict=True)
        for span in of_row
    ]


def _total(spans: Sequence[ReadSpan]) -> float:
    return float(np.logaddexp.reduce([span.margin for span in spans], initial=-np.inf))


def apart(spans: Sequence[ReadSpan]) -> list[ReadSpan]:
    """Return the spans, best first, without those that overlap a better one."""
    kept: list[ReadSpan] = []
    for span in spans:
        if not any(span.overlaps(better) for better in kept):
            kept.append(span)
    return kept


def _spans(
    hit: Hit, windows: Sequence[ReadWindow], within: Range, *, run_on: float, shapes: Shapes
) -> list[ReadSpan]:
    return [span for read in windows for span in _best(hit, read.part(within), run_on, shapes)]


def _best(hit: Hit, read: ReadWindow, run_on: float, shapes: Shapes) -> Iterator[ReadSpan]:
    tokens = len(read.start)
    if not tokens:
        return
    starts, ends = read.window.starts, read.window.ends
    sentences = _sentence_of_tokens(starts, hit)
    width = min(_LONGEST, tokens)
    # (tokens, width): the span from a token to the one so many after it.
    lasts = np.arange(tokens)[:, None] + np.arange(width)
    inside = lasts < tokens
    lasts = np.minimum(lasts, tokens - 1)
    start = np.where(shapes.cut_words(starts), -np.inf, read.start)
    end = np.where(shapes.cut_words(ends), -np.inf, read.end)
    scores = start[:, None] + end[lasts] - run_on * (sentences[:, None] != sentences[lasts])
    scores = np.where(inside, scores, -np.inf).ravel()
    best = np.argpartition(-scores, min(_LOOKED_AT, len(scores) - 1))[:_LOOKED_AT]
    best = best[np.isfinite(scores[best])]
    starts, ends = starts[best // width], ends[lasts.ravel()[best]]
    margins = scores[best] - read.none - _FAULT * shapes.faults(starts, ends)
    for first, last, margin in zip(starts.tolist(), ends.tolist(), margins.tolist(), strict=True):
        yield ReadSpan(hit, hit.passage.start + first, hit.passage.start + last, margin, share=0.0)


def _sentence_of_tokens(starts: NDArray[np.int64], hit: Hit) -> NDArray[np.int64]:
    """Number the sentence, or in a table the cell, that each token stands in, (tokens,)."""
    offset, text = hit.passage.start, hit.passage.text
    sentences = [start - offset for start, _ in hit.passage.sentences]
    cells = [tab.end() for tab in _TAB.finditer(text)]
    beginnings = np.array(sorted(sentences + cells), np.int64)
    return np.searchsorted(beginnings, starts, side="right")
