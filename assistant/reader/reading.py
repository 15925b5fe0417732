"""The span reader: passages → exact answers, by a trained encoder and what else speaks for them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from math import log
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.reader.closer import (
    SHARE_OF_PROSE,
    SHARE_OF_ROWS,
    CloserLook,
    blend,
    part_around,
)
from assistant.reader.combination import log_odds
from assistant.reader.evidence import FEATURES, Candidate, gather, measure
from assistant.reader.lists import asks_for_several, items_around
from assistant.reader.model import ReadWindow, SpanModel
from assistant.reader.spans import ReadRow, ReadSpan, spans_of_passage
from assistant.reader.tables import Table, name_cells, table_in
from assistant.reader.windows import Pair
from assistant.records import Span
from index.abbreviations import find_abbreviations, names_in, put_in_words_of
from index.errors import ReaderError
from index.records import Hit, Range

COMBINATION_FILE = "combination.json"

_FIRST = 4  # passages; the others are read where the best span of these is less likely right:
_DECIDED = -0.5  # in log odds, see docs/decisions/reader.md
_TABLES, _PROSE = 2, 1  # of which parts are read alone: those that answer best when read whole
_REACH = 3.0  # in margin of the likeliest passage: parts of one beyond it decide nothing
_LEAST_DOUBT = 1e-9


class SpanReader:
    """Answers with spans of the passages; see Reader.

    Args:
        model: Finds spans.
        combination: A JSON file with the weights of the evidence.

    Attributes:
        name: The model's, and the first hex digits of the combination's SHA-256.
        run_on: What a span that runs on into another sentence must have over one that does not.

    Raises:
        ReaderError: The file is not one of this version.
    """

    def __init__(self, model: SpanModel, combination: Path) -> None:
        self._model = model
        try:
            stored = combination.read_bytes()
            fitted = json.loads(stored)
            self._weights = np.array([fitted["weights"][name] for name in FEATURES], np.float64)
            self.run_on = float(fitted["run_on"])
            if not np.isfinite([*self._weights, self.run_on]).all():
                raise ValueError("a weight is not finite")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ReaderError(f"{combination}: not the weights of the evidence: {error}") from error
        self.name = f"{model.name}+{sha256(stored).hexdigest()[:8]}"

    def read(self, question: str, hits: Sequence[Hit], idf: Mapping[str, float]) -> list[Span]:
        """Return candidate answers, best first; see Reader."""
        asked = _Asked.of(question, hits, idf)
        readings = self._read_whole(asked, hits[:_FIRST])
        first = asked.measure(_candidates(readings))
        if log_odds(first, self._weights).max(initial=-np.inf) < _DECIDED:
            readings += self._read_whole(asked, hits[_FIRST:])
        candidates = _candidates(self._look_closer(asked, readings))
        scores = log_odds(asked.measure(candidates), self._weights)
        several = asks_for_several(question)
        spans = [
            _span(candidate.best, float(score), several=several)
            for candidate, score in zip(candidates, scores, strict=True)
        ]
        return sorted(_merge_lists(spans), key=lambda span: -span.score)

    def evidence(
        self, question: str, hits: Sequence[Hit], idf: Mapping[str, float]
    ) -> tuple[list[Candidate], NDArray[np.float64]]:
        """Return what may answer in all of the passages, and its features, not yet weighed."""
        asked = _Asked.of(question, hits, idf)
        candidates = _candidates(self._look_closer(asked, self._read_whole(asked, hits)))
        return candidates, asked.measure(candidates)

    def _read_whole(self, asked: _Asked, hits: Sequence[Hit]) -> list[_Reading]:
        tables = [table_in(hit.passage) for hit in hits]
        pairs = [asked.pair(hit, table) for hit, table in zip(hits, tables, strict=True)]
        return [
            _Reading(hit, table, windows, self._spans(hit, table, windows))
            for hit, table, windows in zip(hits, tables, self._read(pairs), strict=True)
        ]

    def _look_closer(self, asked: _Asked, readings: Sequence[_Reading]) -> list[_Reading]:
        """Read parts of the likeliest passages alone: a table's rows, and where prose may answer.

        Returns:
            The readings, those of the passages looked at again with spans from both looks.
        """
        likely = [_margin(reading.windows) for reading in readings]
        order = sorted(range(len(readings)), key=lambda at: -likely[at])
        near = [at for at in order if likely[at] >= likely[order[0]] - _REACH]
        tables = {at: table.rows for at in near if (table := readings[at].table)}
        parts = dict(list(tables.items())[:_TABLES])
        for at in [at for at in near if at not in tables][:_PROSE]:
            best = readings[at].spans[:1]
            parts[at] = [part for span in best if (part := part_around(span))]
        pairs = [
            asked.pair(readings[at].hit, readings[at].table, part)
            for at in parts
            for part in parts[at]
        ]
        read = iter(self._read(pairs))
        closer = list(readings)
        for at, of_one in parts.items():
            hit, table, windows, _ = readings[at]
            looks = [CloserLook(part, next(read)) for part in of_one]
            closer[at] = _Reading(hit, table, windows, self._spans(hit, table, windows, looks))
        return closer

    def _spans(
        self,
        hit: Hit,
        table: Table | None,
        windows: Sequence[ReadWindow],
        closer: Sequence[CloserLook] = (),
    ) -> list[ReadSpan]:
        if not table:
            return spans_of_passage(hit, blend(windows, closer, SHARE_OF_PROSE), run_on=self.run_on)
        if table.columns:  # without names, too little of a cell is quoted when it is read alone
            windows = blend(windows, closer, SHARE_OF_ROWS)
        rows = [ReadRow(look.part, _margin(look.windows)) for look in closer]
        return spans_of_passage(hit, windows, run_on=self.run_on, rows=rows)

    def _read(self, pairs: Sequence[Pair]) -> list[list[ReadWindow]]:
        """Read pairs, all at once, and return the windows of each."""
        windows: list[list[ReadWindow]] = [[] for _ in pairs]
        for read in self._model.read(pairs) if pairs else ():
            windows[read.window.pair].append(read)
        return windows


class _Reading(NamedTuple):
    """A passage that was read."""

    hit: Hit
    table: Table | None
    windows: Sequence[ReadWindow]  # of the whole passage
    spans: Sequence[ReadSpan]  # likeliest first


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, and the passages that it is put to in the words that they use."""

    question: str
    hits: Sequence[Hit]
    idf: Mapping[str, float]
    names: Mapping[str, str]  # in the question, that have another form: with that form

    @classmethod
    def of(cls, question: str, hits: Sequence[Hit], idf: Mapping[str, float]) -> _Asked:
        abbreviations = find_abbreviations(hit.passage.text for hit in hits)
        return cls(question, hits, idf, names_in(question, abbreviations))

    def pair(self, hit: Hit, table: Table | None, part: Range | None = None) -> Pair:
        """Put the question to a passage, or to a part of it."""
        text, places = hit.passage.text[slice(*part)] if part else hit.passage.text, None
        if table and table.columns:
            text, places = name_cells(text, table.columns)
        return Pair(put_in_words_of(text, self.question, self.names), hit.context, text, places)

    def measure(self, candidates: Sequence[Candidate]) -> NDArray[np.float64]:
        """Return the features of candidates, (candidates, features)."""
        return measure(candidates, self.hits, self.idf, self.names)


def _candidates(readings: Iterable[_Reading]) -> list[Candidate]:
    return gather([span for reading in readings for span in reading.spans])


def _margin(windows: Sequence[ReadWindow]) -> float:
    return float(np.logaddexp.reduce([window.margin for window in windows], initial=-np.inf))


def _merge_lists(spans: Sequence[Span]) -> list[Span]:
    """Make one answer of the spans that stand for the same list: it is as likely as all of them."""
    merged: dict[tuple[str, tuple[Range, ...]], Span] = {}
    kept = []
    for span in spans:
        key = span.hit.passage.document_id, span.items
        if span.items and key in merged:
            merged[key] = replace(merged[key], score=_either(merged[key].score, span.score))
        elif span.items:
            merged[key] = span
        else:
            kept.append(span)
    return [*merged.values(), *kept]


def _either(one: float, other: float) -> float:
    """Return the log odds of one of two answers that exclude each other."""
    probabilities = np.exp(-np.logaddexp(0.0, [-one, -other]))
    either = float(probabilities.sum())
    return log(max(either, _LEAST_DOUBT) / max(1.0 - either, _LEAST_DOUBT))


def _span(read: ReadSpan, score: float, *, several: bool) -> Span:
    items = items_around(read.hit, (read.start, read.end)) if several else ()
    return Span(read.start, read.end, score, read.hit, items)
