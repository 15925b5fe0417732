"""The two searches in the index folder: one process's copies, brought forward before they are read.

A search first brings the caches to the generation that it reads, and they stand still while
anybody reads at that generation.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Condition as Turn
from threading import Lock, get_ident

from index.catalogue import CACHES, Catalogue
from index.catalogue.entries import State
from index.catalogue.readings import Reading
from index.errors import ConfigurationError
from index.store.caches import AnyCache, CacheCondition, KeywordCache, VectorCache
from index.store.searches import Condition, Standing

_logger = logging.getLogger(__name__)

# The caches are saved when more passages have changed than this share of all, and this many.
_AT_CLOSE = 0.01, 0
_IN_A_RUN = 0.5, 20_000


class FileCaches:
    """FAISS and the inverted index, as files of an index folder."""

    place = "FAISS and BM25 in the index folder"

    def __init__(self, folder: Path, catalogue: Catalogue, embedder_name: str | None) -> None:
        self._folder = folder
        self._catalogue = catalogue
        self._embedder_name = embedder_name
        vectors, keywords = CACHES
        self._vectors = VectorCache(folder / vectors)
        self._keywords = KeywordCache(folder / keywords)
        self._turn = Turn()
        self._readers: set[int] = set()  # threads that read at the caches' generation
        self._searching = Lock()

    @contextmanager
    def standing(self) -> Iterator[Standing]:
        """Hold one generation with the searches at it.

        Raises:
            RuntimeError: The thread holds one already.
        """
        with self._standing_still(everything=False) as rows:
            dense = self._vectors in self._caches(rows.state, everything=False)
            vectors = self._vectors.index if dense else None
            yield Standing(rows, vectors, self._keywords.index, self._searching)

    def committed(self) -> None:
        """Save the caches once a run has changed much."""
        if self._is_due(*_IN_A_RUN):
            self._save()

    def written(self) -> None:
        """Leave the caches to be saved when the store is closed."""

    def is_settled(self) -> bool:
        """Tell whether no cache was made anew that is not saved."""
        return not (self._vectors.was_rebuilt or self._keywords.was_rebuilt)

    def settle(self) -> None:
        """Save the caches if enough has changed, or what is on disk is of no use."""
        if self._is_due(*_AT_CLOSE) or self._are_unsaved():
            self._save()

    def close(self) -> None:
        """Hold nothing open."""

    def examine(self) -> Condition:
        """Compare the caches as they are on disk, not in memory, with the catalogue."""
        found = FileCaches(self._folder, self._catalogue, self._embedder_name)._examined()
        return Condition(
            tuple(
                f"{cache.path} {condition.fault}: mend it with `assistant doctor --repair`"
                for cache, condition in found
                if condition.fault
            ),
            tuple(
                f"{cache.path} {condition.lag}: searches bring it up to date"
                for cache, condition in found
                if condition.lag
            ),
        )

    def rebuild(self) -> None:
        """Make the caches anew from the catalogue."""
        with self._turn, self._catalogue.reading() as rows:
            self._turn.wait_for(lambda: not self._readers)
            for cache in self._caches(rows.state, everything=True):
                cache.rebuild(rows)
        self._save()

    def recount(self) -> None:
        """Refuse: this search counts as passages come and go."""
        raise ConfigurationError(
            f"{self._folder} counts its terms as passages come and go, and needs no recount: only "
            "with Milvus, which the setting `search` names, are they counted by command"
        )

    def _examined(self) -> list[tuple[AnyCache, CacheCondition]]:
        with self._catalogue.reading() as rows:
            caches = self._caches(rows.state, everything=True)
            for cache in caches:
                cache.preload(rows.state)
        with self._catalogue.reading() as rows:
            return [(cache, cache.examine(rows)) for cache in caches]

    @contextmanager
    def _standing_still(self, *, everything: bool) -> Iterator[Reading]:
        """Hold a reading together with caches that stand at its generation."""
        with ExitStack() as reading:
            with self._turn:
                if get_ident() in self._readers:
                    raise RuntimeError("snapshots of a store do not nest, nor enclose its changes")
                rows = reading.enter_context(self._catalogue.reading())
                while not self._are_current(rows, everything=everything):
                    reading.close()
                    if is_alone := not self._readers:
                        for cache in self._caches(rows.state, everything=everything):
                            cache.preload(rows.state)
                    else:
                        self._turn.wait()  # and look again: somebody may have done it meanwhile
                    rows = reading.enter_context(self._catalogue.reading())
                    if is_alone:
                        for cache in self._caches(rows.state, everything=everything):
                            cache.forward(rows)
                        self._turn.notify_all()
                self._readers.add(get_ident())
            try:
                yield rows
            finally:
                with self._turn:
                    self._readers.remove(get_ident())
                    self._turn.notify_all()

    def _are_current(self, rows: Reading, *, everything: bool) -> bool:
        caches = self._caches(rows.state, everything=everything)
        return all(cache.stands_at(rows.state) for cache in caches)

    def _caches(self, state: State, *, everything: bool) -> list[AnyCache]:
        if state.embedder and (everything or state.embedder == self._embedder_name):
            return [self._keywords, self._vectors]
        return [self._keywords]

    def _is_due(self, share: float, at_least: int) -> bool:
        """Tell whether more passages have changed since the caches were saved."""
        with self._catalogue.reading() as rows:
            changed = rows.changed_since(rows.state.history)
            return changed > at_least and changed > share * rows.counts().passages

    def _are_unsaved(self) -> bool:
        with self._catalogue.reading() as rows:
            return any(cache.is_unsaved for cache in self._caches(rows.state, everything=True))

    def _save(self) -> None:
        try:
            with self._standing_still(everything=True) as rows, self._searching:
                for cache in self._caches(rows.state, everything=True):
                    cache.save()
            self._catalogue.forget_history(rows.state.generation)
        except OSError as error:  # the catalogue has everything
            _logger.warning("%s: the caches could not be saved: %s", self._folder, error)
