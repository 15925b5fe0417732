"""Fuse the dense ranking and the keyword ranking into one."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ranking = tuple[NDArray[np.int64], NDArray[np.floating[Any]]]  # numbers and scores, best first

CANDIDATES = 100  # of each ranking
_DENSE_WEIGHT = 0.55
_ROUNDING = 1e-9  # scores that deviate less are equal


def fuse(dense: Ranking, keywords: Ranking, *, k: int) -> Ranking:
    """Rank passages by a weighted sum of their standard scores (mean 0, variance 1).

    Both rankings should score the same candidates. One that the keywords lack shares no term and
    scores 0 there; one that the dense ranking lacks counts as its lowest.

    Args:
        dense: Cosines, (passages,) each.
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
