"""The catalogue: documents, passages and vectors in one database, the only truth of an index.

Every commit is one durable transaction and counts the generation up by one; a reading holds one
transaction, and with it one generation, whatever others commit meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    bindparam,
    create_engine,
    delete,
    event,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError

from index.catalogue import tables
from index.catalogue.changes import Changes
from index.catalogue.entries import Stamp
from index.catalogue.readings import Reading
from index.errors import (
    IndexDamagedError,
    IndexFolderError,
    IndexLockedError,
    IndexMissingError,
    IndexVersionError,
)

_BUSY_SECONDS = 30.0
_CONNECTIONS = 32  # open at once: threads that answer, and one that indexes

# What is somebody's to mend, by SQLite's primary result code; the rest are our own mistakes.
_DAMAGED = IndexDamagedError, "restore it from a copy, or index again into another folder"
_BUSY = IndexLockedError, "another program is using it; try again when it has finished"
_UNWRITABLE = IndexFolderError, "let it and its folder be written, or choose another folder"
_REMEDIES: Mapping[int, tuple[type[IndexFolderError], str]] = {
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_READONLY: _UNWRITABLE,
    sqlite3.SQLITE_CANTOPEN: _UNWRITABLE,
    sqlite3.SQLITE_PERM: _UNWRITABLE,
    sqlite3.SQLITE_FULL: (IndexFolderError, "make room there; what was committed is safe"),
    sqlite3.SQLITE_IOERR: (IndexFolderError, "the disk fails; check it and what is free on it"),
}


class Catalogue:
    """The database of one index, shared by all threads of a process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine = _connect(path)

    @classmethod
    def open(cls, path: Path, *, create: bool = False) -> Catalogue:
        """Open the catalogue at ``path``, or make an empty one.

        Raises:
            IndexMissingError: There is none, and ``create`` is false.
            IndexVersionError: It has another format.
            IndexDamagedError: It is no database.
        """
        if not create and not path.exists():
            raise IndexMissingError(_missing(path))
        catalogue = cls(path)
        try:
            with catalogue._transaction("BEGIN IMMEDIATE" if create else "BEGIN") as connection:
                if create and not inspect(connection).has_table("state"):
                    _make_tables(connection)
                _check_format(connection, path)
        except BaseException:
            catalogue.close()
            raise
        return catalogue

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """Hold one generation for reading."""
        with self._transaction("BEGIN") as connection:
            yield Reading(connection)

    @contextmanager
    def writing(self) -> Iterator[Changes]:
        """Make changes that are committed together at the end, as the next generation."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            changes = Changes(connection)
            yield changes
            changes.finish()

    def touch(self, stamps: Mapping[str, Stamp]) -> None:
        """Note by document id how unchanged files stand now: no new generation."""
        query = update(tables.documents).where(tables.documents.c.id == bindparam("document_id"))
        rows = [
            {"document_id": document_id, "modified_at": stamp.mtime_ns / 1e9, **asdict(stamp)}
            for document_id, stamp in stamps.items()
        ]
        with self._transaction("BEGIN IMMEDIATE") as connection:
            connection.execute(query, rows)

    def forget_history(self, generation: int) -> None:
        """Forget what was removed up to a generation: no cache on disk is older."""
        gone = delete(tables.removed).where(tables.removed.c.generation <= generation)
        with self._transaction("BEGIN IMMEDIATE") as connection:
            connection.execute(gone)
            connection.execute(update(tables.state).values(history=generation))

    def problems(self) -> list[str]:
        """Return what the database finds wrong with itself, a line each."""
        with self._transaction("BEGIN") as connection:
            found = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check")]
            orphans = [row[0] for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
        return [f"{self.path}: {line}" for line in found if line != "ok"] + [
            f"{self.path}: a row of {table} belongs to nothing" for table in orphans
        ]

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Connection]:
        try:
            connection = self._engine.connect().execution_options(begin=begin)
            with connection, connection.begin():
                yield connection
        except DBAPIError as error:
            kind, remedy = _REMEDIES.get(_code(error), (None, ""))
            if kind is None:
                raise
            raise kind(f"{self.path}: {error.orig}: {remedy}") from error


def _connect(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": _BUSY_SECONDS},
        pool_size=_CONNECTIONS,
        max_overflow=-1,
    )
    event.listen(engine, "connect", _make_durable)
    event.listen(engine, "begin", _begin)
    return engine


def _code(error: DBAPIError) -> int:
    """Return SQLite's primary result code of an error; -1 where it has none."""
    code: int = getattr(error.orig, "sqlite_errorcode", -1)
    return code & 0xFF if code >= 0 else -1


def _make_durable(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # else the driver begins a transaction only before a write
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options()["begin"])


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


def _check_format(connection: Connection, path: Path) -> None:
    if not inspect(connection).has_table("state"):
        raise IndexMissingError(_missing(path))
    found = connection.execute(select(tables.state.c.format)).scalar()
    if found != tables.FORMAT:
        raise IndexVersionError(
            f"{path} has format {found}, and this version reads format {tables.FORMAT}: "
            "use the version that wrote it, or index into another folder"
        )


def _missing(path: Path) -> str:
    return f"there is no index in {path.parent}: make one with `assistant index`"
