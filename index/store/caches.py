"""The two searches as caches of the catalogue: loaded, checked, brought forward, rebuilt, saved.

Nothing in them is believed for longer than it agrees with the catalogue.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import Generic, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.catalogue.entries import State
from index.catalogue.readings import Reading
from index.errors import IndexDamagedError
from index.keywords import KeywordIndex
from index.keywords.arrays import MANIFEST
from index.terms import terms
from index.vectors import VectorIndex

_logger = logging.getLogger(__name__)

_DISAGREES = "does not agree with the catalogue"


class _Searchable(Protocol):
    def __len__(self) -> int: ...
    def remove(self, numbers: NDArray[np.int64]) -> None: ...
    def save(self, path: Path, *, generation: int, mark: str) -> None: ...


Index = TypeVar("Index", bound=_Searchable)


class CacheCondition(NamedTuple):
    """How what is on disk stands to the catalogue; at most one of both is said."""

    fault: str = ""  # why it must not be believed
    lag: str = ""  # how it lags behind, which is no fault


class Cache(ABC, Generic[Index]):
    """One search, kept in memory at a generation of the catalogue.

    Attributes:
        generation: The generation that it stands at; -1 where it must be loaded first.
        mark: Of the commit that made the generation.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._last_written = path  # what is there once it was ever saved whole
        self.generation = -1
        self.mark = ""
        self._index: Index | None = None
        self._rebuilt = False

    @property
    def index(self) -> Index:
        """The search itself, once it was brought forward."""
        if self._index is None:
            raise RuntimeError(f"{self.path} has not been loaded")
        return self._index

    @property
    def is_unsaved(self) -> bool:
        """Whether what is on disk is missing, or known not to be usable."""
        return self._rebuilt or not self._last_written.exists()

    @property
    def was_rebuilt(self) -> bool:
        """Whether it was made anew since it was last saved."""
        return self._rebuilt

    def preload(self, state: State) -> None:
        """Read what is on disk before a reading begins: so it is not newer than the reading."""
        if self.generation < self._oldest(state) and self._last_written.exists():
            with suppress(IndexDamagedError):  # said when it is brought forward
                self._index, self.generation, self.mark = self._read_again()

    def forward(self, rows: Reading) -> None:
        """Bring the search to the generation of ``rows``, from disk or anew where it must be."""
        if self.stands_at(rows.state):
            return
        if not self._is_of_the_history(rows):
            self._load(rows)
        if not self._comes_to_agree(rows):
            _warn(self.path, _DISAGREES)
            self.rebuild(rows)

    def examine(self, rows: Reading) -> CacheCondition:
        """Compare what is on disk, preloaded, with the catalogue; for a cache of no other use."""
        if not self._is_of_the_history(rows):
            condition = self._read_checked(rows)
            if condition.fault or condition.lag:
                return condition if self._expected(rows) else CacheCondition(condition.fault)
        behind = rows.state.generation - self.generation
        if not self._comes_to_agree(rows):
            return CacheCondition(_DISAGREES)
        return CacheCondition(lag=f"is {behind} commits behind" if behind else "")

    def rebuild(self, rows: Reading) -> None:
        """Make the search anew from the catalogue."""
        self._clear(rows)
        self._apply(rows)

    def save(self) -> None:
        """Write the search to disk with its generation, whole or not at all."""
        self.index.save(self.path, generation=self.generation, mark=self.mark)
        self._rebuilt = False

    def stands_at(self, state: State) -> bool:
        """Tell whether it is of the very commit that a state is of."""
        return (self.generation, self.mark) == (state.generation, state.mark)

    def _is_of_the_history(self, rows: Reading) -> bool:
        """Tell whether it is of a commit that can be brought forward to the reading's."""
        is_known = self._oldest(rows.state) <= self.generation <= rows.state.generation
        return is_known and rows.mark_of(self.generation) == self.mark

    def _load(self, rows: Reading) -> None:
        fault, lag = self._read_checked(rows)
        if fault or lag:
            if rows.state.history >= self._begun(rows.state):
                _warn(self.path, fault or lag)
            self._clear(rows)

    def _read_checked(self, rows: Reading) -> CacheCondition:
        """Read what is on disk, and tell what keeps it from being brought forward."""
        if not self._last_written.exists():
            return CacheCondition(lag="is missing")
        try:
            self._index, self.generation, self.mark = self._read_again()
        except IndexDamagedError as error:
            return CacheCondition(f"is damaged ({error})")
        if self.generation > rows.state.generation:
            return CacheCondition("is newer than the catalogue")
        if self.generation < self._oldest(rows.state):
            return CacheCondition(lag="is too old to be brought forward")
        return CacheCondition("" if self._is_of_the_history(rows) else "is of another history")

    def _read_again(self) -> tuple[Index, int, str]:
        try:
            return self._read()
        except IndexDamagedError:
            return self._read()  # a writer may have saved it meanwhile

    def _clear(self, rows: Reading) -> None:
        self._index = self._empty(rows.state)
        self.generation = 0
        self._rebuilt = True

    def _comes_to_agree(self, rows: Reading) -> bool:
        """Bring it forward, and tell whether it then holds what the catalogue does."""
        try:
            self._apply(rows)
        except ValueError:  # it holds passages already that are yet to come
            return False
        return len(self.index) == self._expected(rows)

    def _apply(self, rows: Reading) -> None:
        since, self.generation = self.generation, -1  # what fails midway is not gone on with
        self.index.remove(rows.removed_since(since))
        self._add(rows, since)
        self.generation, self.mark = rows.state.generation, rows.state.mark

    @abstractmethod
    def _read(self) -> tuple[Index, int, str]: ...

    @abstractmethod
    def _empty(self, state: State) -> Index: ...

    @abstractmethod
    def _add(self, rows: Reading, since: int) -> None: ...

    @abstractmethod
    def _oldest(self, state: State) -> int:
        """Return the oldest generation that can be brought forward."""

    @abstractmethod
    def _begun(self, state: State) -> int:
        """Return the generation from which on a saved cache is to be expected."""

    @abstractmethod
    def _expected(self, rows: Reading) -> int: ...


class VectorCache(Cache[VectorIndex]):
    """The dense search: the vectors of the catalogue's present embedder."""

    def _read(self) -> tuple[VectorIndex, int, str]:
        return VectorIndex.load(self.path)

    def _empty(self, state: State) -> VectorIndex:
        return VectorIndex(state.dimension)

    def _add(self, rows: Reading, since: int) -> None:
        for numbers, vectors in rows.vectors_since(since):
            self.index.add(numbers, vectors)

    def _oldest(self, state: State) -> int:
        return max(state.known_since, state.embedded_since)

    def _begun(self, state: State) -> int:
        return state.embedded_since

    def _expected(self, rows: Reading) -> int:
        return rows.counts().embedded


class KeywordCache(Cache[KeywordIndex]):
    """The keyword search over all passages."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._last_written = path / MANIFEST

    def _read(self) -> tuple[KeywordIndex, int, str]:
        return KeywordIndex.load(self.path)

    def _empty(self, state: State) -> KeywordIndex:
        return KeywordIndex()

    def _add(self, rows: Reading, since: int) -> None:
        for numbers, texts in rows.texts_since(since):
            self.index.add(numbers, [terms(text) for text in texts])

    def _oldest(self, state: State) -> int:
        return state.known_since

    def _begun(self, state: State) -> int:
        return 1

    def _expected(self, rows: Reading) -> int:
        return rows.counts().passages


AnyCache = VectorCache | KeywordCache


def _warn(path: Path, problem: str) -> None:
    _logger.warning("%s %s: it is rebuilt from the catalogue", path, problem)
