"""What speaks for each answer that was read: the passages, the search, the question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation.metrics import normalise
from assistant.reader.spans import ReadSpan, apart
from index.abbreviations import put_in_words_of
from index.records import Hit, Range
from index.terms import terms

_ROUNDING = 1e-9  # scores that deviate less are equal

FEATURES = (
    "one",  # of every answer: against 0 for no answer
    "passage",  # the reader's score of all spans of the passage over its score of no answer
    "share",  # logarithm of this span's share of the first
    "agreement",  # what other places that say the same add to the margin
    "search",  # the passage's score there: deviations from the mean of all that were found
    "sentence",  # BM25 of the answer's sentence, as a share of the highest possible
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
    candidates: Sequence[Candidate],
    hits: Sequence[Hit],
    idf: Mapping[str, float],
    names: Mapping[str, str],
) -> NDArray[np.float64]:
    """Return the features of candidates, (candidates, features).

    Args:
        candidates: What may answer.
        hits: All passages that search found, read or not.
        idf: Of the question's terms.
        names: Those in the question that have another form, with that form.
    """
    spans = [candidate.best for candidate in candidates]
    columns = (
        np.ones(len(spans)),
        [span.margin - span.share for span in spans],
        [span.share for span in spans],
        [_agreement(candidate) for candidate in candidates],
        _standard_scores([span.hit.score for span in spans], [hit.score for hit in hits]),
        _bm25([_in_words_asked(_sentence(span), names) for span in spans], idf),
    )
    return np.stack([np.asarray(column, np.float64) for column in columns], axis=1)


def _agreement(candidate: Candidate) -> float:
    margins = [span.margin for span in (candidate.best, *candidate.support)]
    return float(np.logaddexp.reduce(margins) - candidate.best.margin)


def _standard_scores(scores: Sequence[float], of_all: Sequence[float]) -> NDArray[np.float64]:
    deviation = float(np.std(of_all)) if of_all else 0.0
    if deviation < _ROUNDING:
        return np.zeros(len(scores))
    return (np.asarray(scores, np.float64) - np.mean(of_all)) / deviation


def _sentence(span: ReadSpan) -> str:
    passage = span.hit.passage
    touched: list[Range] = [
        (start, end) for start, end in passage.sentences if start < span.end and end > span.start
    ]
    return " ".join(passage.text[a - passage.start : b - passage.start] for a, b in touched)


def _in_words_asked(sentence: str, names: Mapping[str, str]) -> str:
    return put_in_words_of(" ".join(names), sentence, {form: name for name, form in names.items()})


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
