"""An index folder: its catalogue, the two searches over it, and the lock of its one writer.

Readers never wait for a writer's transaction. A search first brings the caches to the generation
that it reads, and they stand still while anybody reads at that generation.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Condition, Lock, get_ident

from index.catalogue import CACHES, Catalogue
from index.catalogue.changes import Changes
from index.catalogue.entries import Counts, DocumentSummary, State
from index.catalogue.readings import Reading
from index.catalogue.verifying import document_problems, file_notes, file_problems
from index.database.places import CATALOGUE, place_of
from index.errors import IndexDamagedError, IndexFolderError
from index.records import Document
from index.store.caches import AnyCache, CacheCondition, KeywordCache, VectorCache
from index.store.locking import lock_of
from index.store.snapshot import Snapshot

_logger = logging.getLogger(__name__)

# The caches are saved when more passages have changed than this share of all, and this many.
_AT_CLOSE = 0.01, 0
_IN_A_RUN = 0.5, 20_000


class Store:
    """An open index folder, for all threads of a process."""

    def __init__(self, folder: Path, catalogue: Catalogue, embedder_name: str | None) -> None:
        self.folder = folder
        self.catalogue = catalogue
        self.embedder_name = embedder_name
        vectors, keywords = CACHES
        self._vectors = VectorCache(folder / vectors)
        self._keywords = KeywordCache(folder / keywords)
        self._lock = lock_of(catalogue.place)
        self._wrote = False
        self._turn = Condition()
        self._readers: set[int] = set()  # threads that read at the caches' generation
        self._searching = Lock()

    @classmethod
    def open(
        cls, folder: Path, *, embedder_name: str | None, create: bool = False, catalogue: str = ""
    ) -> Store:
        """Open the index in ``folder``; the caches are loaded when first searched.

        Args:
            folder: The index folder.
            embedder_name: Whose vectors to search; None to search by keywords alone.
            create: Make an empty index where there is none.
            catalogue: URL of its catalogue; "" for an SQLite file in the folder.

        Raises:
            ConfigurationError: The URL is of another form.
            IndexFolderError: Its children say that there is none, that it is of another version,
                or that it is damaged.
        """
        folder = Path(os.path.abspath(folder))  # noqa: PTH100 - a link that is named stays
        if folder.exists() and not folder.is_dir():
            raise IndexFolderError(f"{folder} is no folder: choose another one for the index")
        try:
            if create or catalogue:
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise IndexFolderError(f"{folder}: {error.strerror}: choose another one") from error
        place = place_of(CATALOGUE, folder, catalogue)
        return cls(folder, Catalogue.open(place, folder, create=create), embedder_name)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Save the caches if this store changed enough, and close the catalogue."""
        try:
            if self._wrote or self._vectors.was_rebuilt or self._keywords.was_rebuilt:
                with self._lock.held():
                    if self._is_due(*_AT_CLOSE) or self._are_unsaved():
                        self._save()
        except IndexDamagedError:
            raise
        except (OSError, IndexFolderError) as error:  # another writes, or it has no right to
            _logger.debug("%s: the caches are not saved: %s", self.folder, error)
        finally:
            self.catalogue.close()

    @property
    def generation(self) -> int:
        """The generation last committed, by whomever."""
        with self.catalogue.reading() as rows:
            return rows.state.generation

    def counts(self) -> Counts:
        """Count what the index holds."""
        with self.catalogue.reading() as rows:
            return rows.counts()

    def documents(self) -> tuple[DocumentSummary, ...]:
        """List the documents, by root and path."""
        with self.catalogue.reading() as rows:
            return rows.documents()

    def document(self, document_id: str) -> Document:
        """Read a document whole; raises UnknownDocumentError."""
        with self.catalogue.reading() as rows:
            return rows.document(document_id)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Hold one generation: all that is searched and read inside is of it.

        Keep it short: what others commit is searched only when all snapshots before have ended.

        Raises:
            RuntimeError: The thread holds one already.
        """
        with self._standing_still(everything=False) as rows:
            dense = self._vectors in self._caches(rows.state, everything=False)
            vectors = self._vectors.index if dense else None
            yield Snapshot(rows, vectors, self._keywords.index, self._searching)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the right to commit.

        Raises:
            IndexLockedError: Another writer holds it.
        """
        with self._lock.held():
            yield

    @contextmanager
    def commit(self) -> Iterator[Changes]:
        """Make changes within ``writing``; they are durable when the block has ended."""
        if not self._lock.is_held:
            raise RuntimeError("changes are committed within Store.writing()")
        self._wrote = True
        with self.catalogue.writing(self._lock.confirm) as changes:
            yield changes
        if self._is_due(*_IN_A_RUN):
            self._save()

    def verify(self) -> tuple[str, ...]:
        """Return what breaks an invariant, a line each; nothing when all is well."""
        problems = self.catalogue.problems()
        try:
            with self.catalogue.reading() as rows:
                problems += document_problems(rows)
                problems += file_problems(rows)
            problems += [
                f"{cache.path} {found.fault}: mend it with `assistant doctor --repair`"
                for cache, found in self._examined()
                if found.fault
            ]
        except IndexDamagedError as error:  # of that there is no more to be said
            problems.append(str(error))
        return tuple(dict.fromkeys(problems))

    def notes(self) -> tuple[str, ...]:
        """Return what lags behind, a line each: caches, and documents whose files have changed."""
        try:
            with self.catalogue.reading() as rows:
                notes = list(file_notes(rows))
            notes += [
                f"{cache.path} {found.lag}: searches bring it up to date"
                for cache, found in self._examined()
                if found.lag
            ]
        except IndexDamagedError:  # which is more than a note
            return ()
        return tuple(notes)

    def repair(self) -> None:
        """Make the caches anew from the catalogue, within ``writing``."""
        with self._turn, self.catalogue.reading() as rows:
            self._turn.wait_for(lambda: not self._readers)
            for cache in self._caches(rows.state, everything=True):
                cache.rebuild(rows)
        self._save()

    def _examined(self) -> list[tuple[AnyCache, CacheCondition]]:
        """Compare the caches as they are on disk, not in memory, with the catalogue."""
        on_disk = Store(self.folder, self.catalogue, self.embedder_name)
        with self.catalogue.reading() as rows:
            caches = on_disk._caches(rows.state, everything=True)
            for cache in caches:
                cache.preload(rows.state)
        with self.catalogue.reading() as rows:
            return [(cache, cache.examine(rows)) for cache in caches]

    @contextmanager
    def _standing_still(self, *, everything: bool) -> Iterator[Reading]:
        """Hold a reading together with caches that stand at its generation."""
        with ExitStack() as reading:
            with self._turn:
                if get_ident() in self._readers:
                    raise RuntimeError("snapshots of a store do not nest, nor enclose its changes")
                rows = reading.enter_context(self.catalogue.reading())
                while not self._are_current(rows, everything=everything):
                    reading.close()
                    if is_alone := not self._readers:
                        for cache in self._caches(rows.state, everything=everything):
                            cache.preload(rows.state)
                    else:
                        self._turn.wait()  # and look again: somebody may have done it meanwhile
                    rows = reading.enter_context(self.catalogue.reading())
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
        if state.embedder and (everything or state.embedder == self.embedder_name):
            return [self._keywords, self._vectors]
        return [self._keywords]

    def _is_due(self, share: float, at_least: int) -> bool:
        """Tell whether more passages have changed since the caches were saved."""
        with self.catalogue.reading() as rows:
            changed = rows.changed_since(rows.state.history)
            return changed > max(at_least, share * rows.counts().passages)

    def _are_unsaved(self) -> bool:
        with self.catalogue.reading() as rows:
            return any(cache.is_unsaved for cache in self._caches(rows.state, everything=True))

    def _save(self) -> None:
        try:
            with self._standing_still(everything=True) as rows, self._searching:
                for cache in self._caches(rows.state, everything=True):
                    cache.save()
            self.catalogue.forget_history(rows.state.generation)
        except OSError as error:  # the catalogue has everything
            _logger.warning("%s: the caches could not be saved: %s", self.folder, error)
