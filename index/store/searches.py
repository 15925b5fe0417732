"""What a store searches with: two searches of one generation, and who keeps them in step.

``FileCaches`` keeps them in the index folder, ``MilvusSearches`` on a server; the store asks both
the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from index.catalogue import Catalogue
from index.catalogue.readings import Reading
from index.fusion import Ranking


class DenseSearch(Protocol):
    """Vectors by number, searched by inner product."""

    def search(
        self, vector: NDArray[np.float32], k: int, *, among: NDArray[np.int64] | None = None
    ) -> Ranking:
        """Return the ``k`` nearest to a vector, (dimension,), best first, ties by number."""
        ...

    def vectors(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return those of the numbers that have a vector, and these, (found, dimension)."""
        ...


class KeywordSearch(Protocol):
    """Passages by number, searched by their terms."""

    def search(
        self, query: Sequence[str], k: int, *, among: NDArray[np.int64] | None = None
    ) -> Ranking:
        """Return the ``k`` best by BM25 that share a term, best first, ties by number."""
        ...

    def idf(self, term: str) -> float:
        """Return how rare a term is."""
        ...


class Standing(NamedTuple):
    """Both searches at the generation of a reading."""

    rows: Reading
    dense: DenseSearch | None  # None where there are no vectors of the embedder asked with
    keywords: KeywordSearch
    turn: AbstractContextManager[object]  # held for each call of a search


class Condition(NamedTuple):
    """How the searches stand to the catalogue, a line each."""

    faults: tuple[str, ...] = ()  # why they must not be believed
    lags: tuple[str, ...] = ()  # how they lag behind, which is no fault


class Searches(Protocol):
    """Keeps both searches in step with a catalogue, for all threads of a process."""

    @property
    def place(self) -> str:
        """Where they are, in words."""
        ...

    def standing(self) -> AbstractContextManager[Standing]:
        """Hold a reading with both searches; see ``Store.snapshot``."""
        ...

    def committed(self) -> None:
        """Follow a commit, within ``Store.writing``."""
        ...

    def written(self) -> None:
        """Follow the last commit of a run, within ``Store.writing``."""
        ...

    def is_settled(self) -> bool:
        """Tell whether nothing is to be kept that only this process has."""
        ...

    def settle(self) -> None:
        """Keep what only this process has, within ``Store.writing``."""
        ...

    def close(self) -> None:
        """Let go of what is open."""
        ...

    def examine(self) -> Condition:
        """Compare what is kept with the catalogue."""
        ...

    def rebuild(self) -> None:
        """Make both anew from the catalogue, within ``Store.writing``."""
        ...

    def recount(self) -> None:
        """Count anew what terms weigh, within ``Store.writing``.

        Raises:
            ConfigurationError: They weigh what they do now already.
        """
        ...


Opener = Callable[[Path, Catalogue, str | None], Searches]
