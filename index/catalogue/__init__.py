"""The catalogue: documents, passages and vectors in one database, the only truth of an index.

Every commit is one durable transaction and counts the generation up by one; a reading holds one
transaction, and with it one generation, whatever others commit meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from secrets import token_hex

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    insert,
    inspect,
    select,
    update,
)

from index.catalogue import tables
from index.catalogue.changes import Changes
from index.catalogue.entries import Stamp
from index.catalogue.ledger import Ledger
from index.catalogue.readings import Reading
from index.catalogue.searching import SearchNotes
from index.database import Database, Place
from index.errors import (
    IndexDamagedError,
    IndexFolderError,
    IndexMissingError,
    IndexVersionError,
)

_KEPT_FOR_OTHERS = 1000  # generations
CACHES = "vectors.faiss", "keywords"  # in the folder of a catalogue
SERVED = "searched-on-a-server"  # an empty file there, beside no caches


class Catalogue:
    """The database of one index, shared by all threads of a process."""

    def __init__(self, place: Place, folder: Path) -> None:
        self.place = place
        self.folder = folder
        self._database = Database(place)
        self._confirm: Callable[[Connection], None] = lambda _: None

    def guard(self, confirm: Callable[[Connection], None]) -> None:
        """Have every transaction that writes confirmed at its end.

        Args:
            confirm: Raises, within the transaction, where the right to write was lost meanwhile.
        """
        self._confirm = confirm

    @classmethod
    def open(cls, place: Place, folder: Path, *, create: bool = False) -> Catalogue:
        """Open the catalogue in a place, or make an empty one; an older format is migrated.

        Args:
            place: Where it lies.
            folder: The index folder, with the caches of it.
            create: Make it where there is none.

        Raises:
            IndexMissingError: There is none, and ``create`` is false.
            IndexVersionError: It has another format.
            IndexDamagedError: It is no database, or is gone from an index that there was.
        """
        is_file_missing = isinstance(place, Path) and not place.exists()
        if is_file_missing and (not create or _was_there(folder)):
            raise _missing(place, folder)
        catalogue = cls(place, folder)
        try:
            catalogue._make_ready(create=create)
        except BaseException:
            catalogue.close()
            raise
        return catalogue

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """Hold one generation for reading."""
        with self._database.reading() as connection:
            yield Reading(connection, self.folder)

    @contextmanager
    def writing(self) -> Iterator[Changes]:
        """Make changes that are committed together at the end, as the next generation."""
        with self._writing() as connection:
            changes = Changes(connection, self.folder)
            yield changes
            changes.finish()

    @contextmanager
    def ledger(self, *, is_read: bool = False) -> Iterator[Ledger]:
        """Hold the ledger for writing, which makes no new generation, or for reading alone."""
        with self._database.reading() if is_read else self._writing() as connection:
            yield Ledger(connection)

    def touch(self, stamps: Mapping[str, Stamp]) -> None:
        """Note by document id how unchanged files stand now: no new generation."""
        query = update(tables.documents).where(tables.documents.c.id == bindparam("document_id"))
        rows = [
            {"document_id": document_id, "modified_at": stamp.mtime_ns / 1e9, **asdict(stamp)}
            for document_id, stamp in stamps.items()
        ]
        with self._writing() as connection:
            connection.execute(query, rows)

    @contextmanager
    def noting(self) -> Iterator[SearchNotes]:
        """Note how a search server follows, committed together at the end: no new generation."""
        with self._writing() as connection:
            yield SearchNotes(connection)

    def forget_history(self, generation: int) -> None:
        """Note that caches were saved at a generation, and forget what only older ones need.

        On a server the caches of other machines may be older; those that are too old for what is
        kept are made anew.
        """
        kept = generation if isinstance(self.place, Path) else generation - _KEPT_FOR_OTHERS
        gone = delete(tables.removed).where(tables.removed.c.generation <= kept)
        before = delete(tables.commits).where(tables.commits.c.generation < kept)
        saved = update(tables.state).where(tables.state.c.history < generation)
        with self._writing() as connection:
            connection.execute(gone)
            connection.execute(before)
            connection.execute(saved.values(history=generation))

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._database.writing() as connection:
            yield connection
            self._confirm(connection)

    def _make_ready(self, *, create: bool) -> None:
        database = self._database
        with database.writing() if create else database.reading() as connection:
            has_tables = inspect(connection).has_table("state")
            if create and not has_tables and not _was_there(self.folder):
                database.prepare(connection)
                _make_tables(connection)
            is_old = self._check_format(connection) < tables.FORMAT
        if is_old:
            with database.writing() as connection:
                if self._check_format(connection) < tables.FORMAT:  # nobody else did meanwhile
                    from index.catalogue.migrations import migrate

                    migrate(connection)

    def _check_format(self, connection: Connection) -> int:
        """Return the format; raises IndexVersionError if it is not one that can be read."""
        if not inspect(connection).has_table("state"):
            raise _missing(self.place, self.folder)
        found: int = connection.execute(select(tables.state.c.format)).scalar_one()
        if not tables.OLDEST <= found <= tables.FORMAT:
            raise IndexVersionError(
                f"{self.place} has format {found}, and this version reads format {tables.FORMAT}: "
                "use the version that wrote it, or index into another folder"
            )
        return found

    def problems(self) -> list[str]:
        """Return what the database finds wrong with itself, a line each."""
        return self._database.problems()


def _make_tables(connection: Connection) -> None:
    tables.metadata.create_all(connection)
    connection.execute(
        insert(tables.state).values(
            id=1,
            format=tables.FORMAT,
            generation=0,
            history=0,
            embedder="",
            dimension=0,
            embedded_since=0,
        )
    )
    connection.execute(insert(tables.commits).values(generation=0, mark=token_hex(8)))


def _missing(place: Place, folder: Path) -> IndexFolderError:
    if not _was_there(folder):
        is_inside = isinstance(place, Path) and place.parent == folder
        where = folder if is_inside else place
        return IndexMissingError(f"there is no index in {where}: make one with `assistant index`")
    anew = "with `assistant doctor --repair`" if isinstance(place, Path) else "in another folder"
    return IndexDamagedError(
        f"{place} is missing or empty, though there was an index: restore it from a copy, or "
        f"begin anew {anew}"
    )


def _was_there(folder: Path) -> bool:
    """Tell whether an index once stood here: one that is being made has none of these."""
    return any((folder / name).exists() for name in (*CACHES, SERVED))
