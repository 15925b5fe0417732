"""An index folder: its catalogue, the two searches over it, and the lock of its one writer.

Readers never wait for a writer's transaction.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.catalogue import Catalogue
from index.catalogue.changes import Changes
from index.catalogue.entries import Counts, DocumentSummary
from index.catalogue.verifying import document_problems, file_notes, file_problems
from index.database.places import CATALOGUE, place_of
from index.errors import IndexDamagedError, IndexFolderError
from index.records import Document
from index.store.caching import FileCaches
from index.store.locking import lock_of
from index.store.searches import Opener, Searches
from index.store.snapshot import Snapshot

_logger = logging.getLogger(__name__)


class Store:
    """An open index folder, for all threads of a process."""

    def __init__(
        self, folder: Path, catalogue: Catalogue, embedder_name: str | None, searches: Searches
    ) -> None:
        self.folder = folder
        self.catalogue = catalogue
        self.embedder_name = embedder_name
        self._searches = searches
        self._lock = lock_of(catalogue.place)
        self._wrote = False
        catalogue.guard(self._lock.confirm)

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        embedder_name: str | None,
        create: bool = False,
        catalogue: str = "",
        searches: Opener = FileCaches,
    ) -> Store:
        """Open the index in ``folder``; what is searched is loaded when first searched.

        Args:
            folder: The index folder.
            embedder_name: Whose vectors to search; None to search by keywords alone.
            create: Make an empty index where there is none.
            catalogue: URL of its catalogue; "" for an SQLite file in the folder.
            searches: What keeps the searches.

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
        opened = Catalogue.open(place_of(CATALOGUE, folder, catalogue), folder, create=create)
        try:
            return cls(folder, opened, embedder_name, searches(folder, opened, embedder_name))
        except BaseException:
            opened.close()
            raise

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Keep what the searches have only in memory, if it is enough, and close the catalogue."""
        try:
            if self._wrote or not self._searches.is_settled():
                with self._lock.held():
                    self._searches.settle()
        except IndexDamagedError:
            raise
        except (OSError, IndexFolderError) as error:  # another writes, or it has no right to
            _logger.debug("%s: the searches are not kept: %s", self.folder, error)
        finally:
            self._searches.close()
            self.catalogue.close()

    @property
    def searched_in(self) -> str:
        """Where the searches are, in words."""
        return self._searches.place

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
        with self._searches.standing() as standing:
            yield Snapshot(standing)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the right to commit.

        Raises:
            IndexLockedError: Another writer holds it.
        """
        is_within_another = self._lock.is_held
        with self._lock.held():
            yield
            if not is_within_another:
                self._searches.written()

    @contextmanager
    def commit(self) -> Iterator[Changes]:
        """Make changes within ``writing``; they are durable when the block has ended."""
        if not self._lock.is_held:
            raise RuntimeError("changes are committed within Store.writing()")
        self._wrote = True
        with self.catalogue.writing() as changes:
            yield changes
        self._searches.committed()

    def verify(self) -> tuple[str, ...]:
        """Return what breaks an invariant, a line each; nothing when all is well."""
        problems = self.catalogue.problems()
        try:
            with self.catalogue.reading() as rows:
                problems += document_problems(rows)
                problems += file_problems(rows)
            problems += self._searches.examine().faults
        except IndexDamagedError as error:  # of that there is no more to be said
            problems.append(str(error))
        return tuple(dict.fromkeys(problems))

    def notes(self) -> tuple[str, ...]:
        """Return what lags behind, a line each: searches, and documents with changed files."""
        try:
            with self.catalogue.reading() as rows:
                notes = list(file_notes(rows))
            notes += self._searches.examine().lags
        except IndexDamagedError:  # which is more than a note
            return ()
        return tuple(notes)

    def repair(self) -> None:
        """Make the searches anew from the catalogue, within ``writing``."""
        self._searches.rebuild()

    def recount(self) -> None:
        """Count anew what terms weigh, within ``writing``.

        Raises:
            ConfigurationError: The searches count as passages come and go.
        """
        self._searches.recount()
