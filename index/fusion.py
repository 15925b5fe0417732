"""Fuse the dense ranking and the keyword ranking into one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ranking = tuple[NDArray[np.int64], NDArray[np.floating[Any]]]  # numbers and scores, best first

CANDIDATES = 100  # of each ranking
_DENSE_WEIGHT = 0.8
_LOWEST_COSINE = -1.0
_LOWEST_BM25 = 0.0


def fuse(dense: Ranking, keywords: Ranking, *, k: int) -> Ranking:
    """Rank passages by a weighted sum of their scaled scores.

    Each score is scaled to 0..1 between the lowest that its formula allows and the query's best. A
    passage that a ranking lacks counts there as lowest, so both should score the same candidates.

    Args:
        dense: Cosines, (passages,) each.
        keywords: BM25 scores, likewise.
        k: How many passages to return at most.

    Source: Bruch, Gai and Ingber 2023, "An analysis of fusion functions for hybrid retrieval"
    (TM2C2); the weight is from docs/decisions/fusion.md.
    """
    numbers = np.union1d(dense[0], keywords[0])
    scores = _DENSE_WEIGHT * _scaled(dense, numbers, _LOWEST_COSINE)
    scores += (1 - _DENSE_WEIGHT) * _scaled(keywords, numbers, _LOWEST_BM25)
    order = np.lexsort((numbers, -scores))[:k]
    return numbers[order], scores[order]


def _scaled(ranking: Ranking, numbers: NDArray[np.int64], lowest: float) -> NDArray[np.float64]:
    scaled = np.zeros(len(numbers))
    found, scores = ranking
    if not len(found):
        return scaled
    # In a tiny corpus BM25's idf, and with it a score, can be negative.
    lowest = min(lowest, float(scores.min()))
    scores = scores.astype(np.float64) - lowest
    scaled[np.searchsorted(numbers, found)] = scores / (scores.max() or 1.0)
    return scaled
