"""BM25 as ``rank_bm25.BM25Okapi`` counts it: what a term and what a passage's length weigh.

A score is the sum over the query's terms of the term's idf times its weight in the passage. So it
is an inner product too: the passage's side holds the weights, the query's side the idfs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

K1 = 1.5
_B = 0.75
_EPSILON = 0.25


class Corpus(NamedTuple):
    """What BM25 takes from all passages together."""

    passages: int
    average_length: float  # in terms, repeats included
    average_idf: float  # of all distinct terms, before the floor

    def idf(self, frequency: int) -> float:
        """Return the inverse document frequency of a term that so many passages hold."""
        idf = math.log(self.passages - frequency + 0.5) - math.log(frequency + 0.5)
        return idf if idf >= 0 else _EPSILON * self.average_idf

    def norms(self, lengths: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return what each passage's length adds to the denominator, (passages,)."""
        return np.asarray(K1 * (1 - _B + _B * lengths / self.average_length), np.float64)

    def weights(self, counts: Mapping[str, int]) -> dict[str, float]:
        """Return what each term of a passage, counted, weighs there."""
        [norm] = self.norms(np.array([sum(counts.values())])).tolist()
        return {term: count * (K1 + 1) / (count + norm) for term, count in counts.items()}


class FrozenCorpus(Protocol):
    """What BM25 takes from a corpus as it was when it was counted."""

    @property
    def corpus(self) -> Corpus:
        """What it takes from all passages together."""
        ...

    def idfs(self, terms: Sequence[str]) -> dict[str, float]:
        """Return what each of these terms weighs in a query."""
        ...


def average_idf(frequencies: NDArray[np.integer[Any]], passages: int) -> float:
    """Return the mean idf of terms that so many passages hold; a term of none is no term."""
    terms = np.bincount(frequencies, minlength=1)
    terms[0] = 0
    frequency = np.flatnonzero(terms)
    idfs = np.log(passages - frequency + 0.5) - np.log(frequency + 0.5)
    return float(idfs @ terms[frequency]) / max(int(terms.sum()), 1)
