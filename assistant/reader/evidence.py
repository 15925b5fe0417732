"""What speaks for each answer that was read: the passages, the search, the question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import log

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation.metrics import normalise
from assistant.reader.answer_types import expected_answer
from assistant.reader.spans import ReadSpan, apart
from index.records import Hit, Range
from index.terms import terms

FEATURES = (
    "one",  # of every answer: against 0 for no answer
    "passage",  # the reader's score of all spans of the passage over its score of no answer
    "share",  # logarithm of this span's share of the first
    "agreement",  # what other places that say the same add to the margin
    "rank",  # minus the logarithm of the passage's rank
    "coverage",  # share of the question's terms, by IDF, that the passage holds
    "sentence",  # BM25 of the answer's sentence, as a share of the highest possible
    "kind",  # whether it looks like what the question asks for: 0, 1, or 0.5 where that is open
    "length",  # logarithm of its words
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer, and the other places that say the same."""

    best: ReadSpan
    support: tuple[ReadSpan, ...]


def gather(spans: Sequence[ReadSpan]) -> list[Candidate]:
    """Merge spans that overlap or say the same, best first."""
    groups: dict[str, list[ReadSpan]] = {}
    for span in apart(sorted(spans, key=lambda span: (-span.margin, span.hit.rank, span.start))):
        if said := normalise(span.text):
            groups.setdefault(said, []).append(span)
    return [Candidate(best, tuple(support)) for best, *support in groups.values()]


def measure(
    question: str, candidates: Sequence[Candidate], idf: Mapping[str, float]
) -> NDArray[np.float64]:
    """Return the features of candidates, (candidates, features)."""
    expected = expected_answer(question)
    coverage = cache(lambda hit: _coverage(hit, idf))
    sentences = _bm25([_sentence(candidate.best) for candidate in candidates], idf)
    rows = [
        (
            1.0,
            candidate.best.margin - candidate.best.share,
            candidate.best.share,
            _agreement(candidate),
            -log(candidate.best.hit.rank),
            coverage(candidate.best.hit),
            bm25,
            float(bool(expected.search(candidate.best.text))) if expected else 0.5,
            log(len(candidate.best.text.split())),
        )
        for candidate, bm25 in zip(candidates, sentences, strict=True)
    ]
    return np.array(rows, np.float64).reshape(-1, len(FEATURES))


def _agreement(candidate: Candidate) -> float:
    margins = [span.margin for span in (candidate.best, *candidate.support)]
    return float(np.logaddexp.reduce(margins) - candidate.best.margin)


def _coverage(hit: Hit, idf: Mapping[str, float]) -> float:
    held = set(terms(f"{hit.context}\n{hit.passage.text}"))
    highest = sum(idf.values())
    return sum(idf[term] for term in idf if term in held) / highest if highest > 0 else 0.0


def _sentence(span: ReadSpan) -> str:
    passage = span.hit.passage
    touched: list[Range] = [
        (start, end) for start, end in passage.sentences if start < span.end and end > span.start
    ]
    return " ".join(passage.text[a - passage.start : b - passage.start] for a, b in touched)


def _bm25(sentences: Sequence[str], idf: Mapping[str, float]) -> NDArray[np.float64]:
    """Score sentences by BM25 with the index's IDF, as shares of the highest possible score.

    A corpus of a few sentences has no document frequencies worth the name.
    """
    from rank_bm25 import BM25Okapi

    documents = [terms(sentence) for sentence in sentences]
    highest = sum(idf.values())
    if highest <= 0 or not any(documents):
        return np.zeros(len(sentences))
    ranking = BM25Okapi(documents)
    ranking.idf = dict(idf)
    scores = np.asarray(ranking.get_scores(list(idf)), np.float64)
    return scores / float(highest * (ranking.k1 + 1))
