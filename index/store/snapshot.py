"""An index as it stands at one generation, for as long as a search and its answer take."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from index.freshness import stale
from index.fusion import Ranking
from index.records import Document, Passage
from index.store.searches import Standing


class Snapshot:
    """One generation of a store: whatever is read from it belongs together.

    Attributes:
        generation: The generation.
        embedder: Whose vectors can be searched; "" where only keywords can.
    """

    def __init__(self, standing: Standing) -> None:
        self._rows, self._vectors, self._keywords, self._turn = standing
        self.generation = self._rows.state.generation
        self.embedder = self._rows.state.embedder if self._vectors is not None else ""

    def nearest(
        self, vector: NDArray[np.float32], k: int, *, among: NDArray[np.int64] | None
    ) -> Ranking:
        """Return the numbers and scores of the ``k`` passages nearest to a vector, best first.

        Raises:
            ValueError: The snapshot has no vectors to search.
        """
        if self._vectors is None:
            raise ValueError("there are no vectors to search")
        with self._turn:
            return self._vectors.search(vector, k, among=among)

    def vectors(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the vectors of these passages, of those that have one.

        Returns:
            Numbers, (found,), and vectors, (found, dimension).

        Raises:
            ValueError: The snapshot has no vectors.
        """
        if self._vectors is None:
            raise ValueError("there are no vectors to read")
        with self._turn:
            return self._vectors.vectors(numbers)

    def matching(self, query: Sequence[str], k: int, *, among: NDArray[np.int64] | None) -> Ranking:
        """Return the numbers and BM25 scores of the ``k`` best passages for terms, best first."""
        with self._turn:
            return self._keywords.search(query, k, among=among)

    def idf(self, term: str) -> float:
        """Return how rare a term is in the index, as BM25 weighs it."""
        with self._turn:
            return self._keywords.idf(term)

    def numbers(self, document_ids: Sequence[str]) -> NDArray[np.int64]:
        """Return the numbers of these documents' passages; raises UnknownDocumentError."""
        return self._rows.numbers(document_ids)

    def passages(self, numbers: Sequence[int]) -> dict[int, Passage]:
        """Return the passages with these numbers, those that exist."""
        return self._rows.passages(numbers)

    def titles(self, document_ids: Sequence[str]) -> dict[str, str]:
        """Return the titles of these documents, of those that exist."""
        return self._rows.titles(document_ids)

    def stale(self, document_ids: Collection[str]) -> frozenset[str]:
        """Return which of these documents' files are gone or have changed since; see ``stale``."""
        return stale(self._rows, document_ids)

    def document(self, document_id: str) -> Document:
        """Read a document whole; raises UnknownDocumentError."""
        return self._rows.document(document_id)
