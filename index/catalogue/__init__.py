"""The catalogue: documents, passages and vectors in one database, the only truth of an index.

Every commit is one durable transaction and counts the generation up by one; a reading holds one
transaction, and with it one generation, whatever others commit meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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

from index.catalogue import migrating, tables
from index.catalogue.changes import Changes
from index.catalogue.entries import Stamp
from index.catalogue.ledger import Ledger
from index.catalogue.readings import Reading
from index.database import Database
from index.errors import (
    IndexDamagedError,
    IndexFolderError,
    IndexMissingError,
    IndexVersionError,
)

CACHES = "vectors.faiss", "keywords"  # in the folder of a catalogue


class Catalogue:
    """The database of one index, shared by all threads of a process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._database = Database(path)

    @classmethod
    def open(cls, path: Path, *, create: bool = False) -> Catalogue:
        """Open the catalogue at ``path``, or make an empty one; an older format is migrated.

        Raises:
            IndexMissingError: There is none, and ``create`` is false.
            IndexVersionError: It has another format.
            IndexDamagedError: It is no database, or is gone from an index that there was.
        """
        if not path.exists() and (not create or _was_there(path)):
            raise _missing(path)
        catalogue = cls(path)
        try:
            database = catalogue._database
            with database.writing() if create else database.reading() as connection:
                has_tables = inspect(connection).has_table("state")
                if create and not has_tables and not _was_there(path):
                    _make_tables(connection)
                is_old = _check_format(connection, path) < tables.FORMAT
            if is_old:
                with database.writing() as connection:
                    migrating.migrate(connection)
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
            yield Reading(connection, self.path.parent)

    @contextmanager
    def writing(self) -> Iterator[Changes]:
        """Make changes that are committed together at the end, as the next generation."""
        with self._database.writing() as connection:
            changes = Changes(connection, self.path.parent)
            yield changes
            changes.finish()

    @contextmanager
    def ledger(self, *, is_read: bool = False) -> Iterator[Ledger]:
        """Hold the ledger for writing, which makes no new generation, or for reading alone."""
        database = self._database
        with database.reading() if is_read else database.writing() as connection:
            yield Ledger(connection)

    def touch(self, stamps: Mapping[str, Stamp]) -> None:
        """Note by document id how unchanged files stand now: no new generation."""
        query = update(tables.documents).where(tables.documents.c.id == bindparam("document_id"))
        rows = [
            {"document_id": document_id, "modified_at": stamp.mtime_ns / 1e9, **asdict(stamp)}
            for document_id, stamp in stamps.items()
        ]
        with self._database.writing() as connection:
            connection.execute(query, rows)

    def forget_history(self, generation: int) -> None:
        """Forget what was removed up to a generation: no cache on disk is older."""
        gone = delete(tables.removed).where(tables.removed.c.generation <= generation)
        before = delete(tables.commits).where(tables.commits.c.generation < generation)
        with self._database.writing() as connection:
            connection.execute(gone)
            connection.execute(before)
            connection.execute(update(tables.state).values(history=generation))

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


def _check_format(connection: Connection, path: Path) -> int:
    """Return the format; raises IndexVersionError if it is not one that can be read."""
    if not inspect(connection).has_table("state"):
        raise _missing(path)
    found: int = connection.execute(select(tables.state.c.format)).scalar_one()
    if not migrating.OLDEST <= found <= tables.FORMAT:
        raise IndexVersionError(
            f"{path} has format {found}, and this version reads format {tables.FORMAT}: "
            "use the version that wrote it, or index into another folder"
        )
    return found


def _missing(path: Path) -> IndexFolderError:
    if _was_there(path):
        return IndexDamagedError(
            f"{path} is missing or empty, though there was an index: restore it from a copy, or "
            "begin anew with `assistant doctor --repair`"
        )
    return IndexMissingError(f"there is no index in {path.parent}: make one with `assistant index`")


def _was_there(path: Path) -> bool:
    """Tell whether an index once stood here: one that is being made has no caches yet."""
    return any((path.parent / name).exists() for name in CACHES)
