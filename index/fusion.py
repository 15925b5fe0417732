"""Fuse the dense ranking and the keyword ranking into one."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ranking = tuple[NDArray[np.int64], NDArray[np.floating[Any]]]  # numbers and scores, best first

CANDIDATES = 100  # of each ranking
_DENSE_WEIGHT = 0.60
_FEEDBACK = 0.25  # of the mean vector of the passages found first, added to the query's
_FOUND_FIRST = 4
_ROUNDING = 1e-9  # scores that deviate less are equal


def fuse_with_feedback(
    query: NDArray[np.float32],
    numbers: NDArray[np.int64],
    vectors: NDArray[np.float32],
    keywords: Ranking,
    *,
    k: int,
) -> Ranking:
    """Fuse the two rankings of some candidates, with feedback.

    The query's vector is moved a little toward the candidates that the fusion puts first, and all
    are fused again.

    Args:
        query: Its vector, (dimension,).
        numbers: The candidates that have vectors, (candidates,).
        vectors: Theirs, (candidates, dimension).
        keywords: BM25 scores of all candidates that share a term with the query.
        k: How many passages to return at most.

    Source: Rocchio 1971, "Relevance feedback in information retrieval", without the irrelevant; how
    much is measured in docs/decisions/fusion.md.
    """
    found, _ = fuse((numbers, vectors @ query), keywords, k=_FOUND_FIRST)
    first = vectors[np.isin(numbers, found)]
    if len(first):
        query = query + _FEEDBACK * first.mean(axis=0)
    return fuse((numbers, vectors @ query), keywords, k=k)


def fuse(dense: Ranking, keywords: Ranking, *, k: int) -> Ranking:
    """Rank passages by a weighted sum of their standard scores (mean 0, variance 1).

    Both rankings should score the same candidates. One that the keywords lack shares no term and
    scores 0 there; one that the dense ranking lacks counts as its lowest.

    Args:
        dense: Inner products, (passages,) each.
        keywords: BM25 scores, likewise.
        k: How many passages to return at most.

    Source: Bruch, Gai and Ingber 2023, "An analysis of fusion functions for hybrid retrieval"
    (convex combination, z-score); the weight is measured in docs/decisions/fusion.md.
    """
    numbers = np.union1d(dense[0], keywords[0])
    scores = _DENSE_WEIGHT * _standard_scores(dense, numbers, absent=inf)
    scores += (1 - _DENSE_WEIGHT) * _standard_scores(keywords, numbers, absent=0.0)
    order = np.lexsort((numbers, -scores))[:k]
    return numbers[order], scores[order]


def _standard_scores(
    ranking: Ranking, numbers: NDArray[np.int64], *, absent: float
) -> NDArray[np.float64]:
    found, scores = ranking
    if not len(found):
        return np.zeros(len(numbers))
    # In a tiny corpus BM25 scores can be negative: sharing a term must not count against a passage.
    filled = np.full(len(numbers), min(absent, float(scores.min())))
    filled[np.searchsorted(numbers, found)] = scores
    deviation = filled.std()
    if deviation < _ROUNDING:
        return np.zeros(len(numbers))
    standard: NDArray[np.float64] = (filled - filled.mean()) / deviation
    return standard
