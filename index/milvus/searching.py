"""Searching a Milvus collection as one reading of the catalogue sees it.

The collection may hold passages that the reading does not know, because they came later or are
gone, and numbers without a vector as zeros; they are left out, and others fetched in their place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from index.catalogue.readings import Reading
from index.catalogue.searching import Statistics
from index.errors import ConfigurationError
from index.fusion import Ranking
from index.milvus.collection import MOST, MilvusCollection

_SPARE = 16  # fetched beyond k, for hits that are left out and to see whether the last is tied
_NEXT_TO_NOTHING = 1e-9  # a weight of 0 as Milvus takes it: it finds, and adds nothing that shows

_Fetch = Callable[[int, NDArray[np.int64] | None], Ranking]
_Filter = Callable[[NDArray[np.int64]], NDArray[np.bool_]]


class MilvusDense:
    """The dense search; vectors themselves are read from the catalogue."""

    def __init__(self, rows: Reading, collection: MilvusCollection) -> None:
        self._rows = rows
        self._collection = collection

    def search(
        self, vector: NDArray[np.float32], k: int, *, among: NDArray[np.int64] | None = None
    ) -> Ranking:
        """Return the ``k`` nearest to a vector, (dimension,), best first, ties by number."""
        if vector.shape != (self._rows.state.dimension,):
            due = self._rows.state.dimension
            raise ValueError(f"a vector of shape {vector.shape} where ({due},) is due")

        def fetch(most: int, part: NDArray[np.int64] | None) -> Ranking:
            return self._collection.dense(vector, most, among=part)

        return _best(fetch, self._rows.have_vectors, k, among)

    def vectors(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return those of the numbers that have a vector, and these, (found, dimension)."""
        return self._rows.vectors_at(numbers)


class MilvusKeywords:
    """The keyword search: BM25 with the catalogue's statistics, as an inner product."""

    def __init__(self, rows: Reading, collection: MilvusCollection, statistics: Statistics) -> None:
        self._rows = rows
        self._collection = collection
        self._statistics = statistics

    def search(
        self, query: Sequence[str], k: int, *, among: NDArray[np.int64] | None = None
    ) -> Ranking:
        """Return the ``k`` best by BM25 that share a term, best first, ties by number."""
        repeats = Counter(query)
        idfs = self._statistics.idfs(list(repeats))
        weights = {
            term_id: repeats[term] * idfs[term]
            for term, (term_id, _) in self._rows.term_rows(list(repeats)).items()
        }
        if not weights:
            return np.empty(0, np.int64), np.empty(0)

        def fetch(most: int, part: NDArray[np.int64] | None) -> Ranking:
            if min(weights.values()) < 0:
                return self._weighed(weights, part)
            positive = {term: max(weight, _NEXT_TO_NOTHING) for term, weight in weights.items()}
            return self._collection.sparse(positive, most, among=part)

        return _best(fetch, self._rows.are_passages, k, among)

    def idf(self, term: str) -> float:
        """Return how rare a term was when the passages were counted."""
        return self._statistics.idfs([term])[term]

    def _weighed(self, weights: dict[int, float], among: NDArray[np.int64] | None) -> Ranking:
        """Weigh here what Milvus cannot: it takes no negative weights.

        BM25 has them where nearly every passage holds nearly every term, so in tiny indexes.
        """
        found = self._collection.weights(dict.fromkeys(weights, 1.0), MOST, among=among)
        scores = [
            sum(weight * held.get(term, 0.0) for term, weight in weights.items())
            for held in found.values()
        ]
        return np.fromiter(found, np.int64, len(found)), np.array(scores)


class NothingThere:
    """Both searches of an index that holds nothing yet."""

    def search(self, query: object, k: int, *, among: NDArray[np.int64] | None = None) -> Ranking:
        """Find nothing."""
        return np.empty(0, np.int64), np.empty(0)

    def idf(self, term: str) -> float:
        """Return 0: without passages no term is rarer than another."""
        return 0.0


def _best(fetch: _Fetch, is_known: _Filter, k: int, among: NDArray[np.int64] | None) -> Ranking:
    """Return the best ``k`` of those that are known, ties by number.

    Raises:
        ConfigurationError: More are asked for than Milvus finds in one search.
    """
    if k > MOST:
        raise ConfigurationError(f"Milvus finds {MOST} passages at most: ask for no more")
    asked = min(k + _SPARE, MOST)
    while True:
        numbers, scores, is_all = _fetch_among(fetch, asked, among)
        known = is_known(numbers)
        lowest = scores[-1] if len(scores) else 0.0
        numbers, scores = numbers[known], scores[known]
        order = np.lexsort((numbers, -scores))[:k]
        is_enough = len(order) == k and (k == 0 or scores[order[-1]] > lowest)
        if is_all or is_enough or asked == MOST:
            return numbers[order], scores[order]
        asked = min(4 * asked, MOST)


def _fetch_among(
    fetch: _Fetch, most: int, among: NDArray[np.int64] | None
) -> tuple[NDArray[np.int64], NDArray[np.float64], bool]:
    """Fetch the best within parts that Milvus takes at once, best first, and tell if it was all."""
    parts = [None] if among is None else np.array_split(among, -(-len(among) // MOST) or 1)
    found = [fetch(most, part) for part in parts if part is None or len(part)]
    numbers = np.concatenate([np.empty(0, np.int64), *(numbers for numbers, _ in found)])
    scores = np.concatenate([np.empty(0), *(scores for _, scores in found)])
    is_all = all(len(own) < most for own, _ in found)
    order = np.argsort(-scores, kind="stable")
    kept = order if is_all else order[:most]
    return numbers[kept], scores[kept], is_all
