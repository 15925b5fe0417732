"""An SQLite database: durable transactions, and errors that say what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from index.errors import IndexDamagedError, IndexFolderError, IndexLockedError

_BUSY_SECONDS = 30.0
_CONNECTIONS = 32  # open at once: threads that answer, and one that indexes

# What is somebody's to mend, by SQLite's primary result code; the rest are our own mistakes.
_DAMAGED = IndexDamagedError, "see `assistant doctor`, or restore it from a copy"
_BUSY = IndexLockedError, "another program is using it; try again when it has finished"
_UNWRITABLE = IndexFolderError, "let it and its folder be written, or choose another folder"
_REMEDIES: Mapping[int, tuple[type[IndexFolderError], str]] = {
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_ERROR: _DAMAGED,  # it lacks a table or a column
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_READONLY: _UNWRITABLE,
    sqlite3.SQLITE_CANTOPEN: _UNWRITABLE,
    sqlite3.SQLITE_PERM: _UNWRITABLE,
    sqlite3.SQLITE_FULL: (IndexFolderError, "make room there; what was committed is safe"),
    sqlite3.SQLITE_PROTOCOL: _BUSY,
    sqlite3.SQLITE_IOERR: (IndexFolderError, "the disk fails; check it and what is free on it"),
}


class Database:
    """One file of tables, shared by all threads of a process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine = _connect(path)
        self._file: tuple[int, int] | None = None  # its device and inode

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Hold one state of the database, whatever others commit meanwhile.

        Raises:
            IndexFolderError: The database cannot be read; the error says why and what to do.
        """
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Hold the right to write; what is written is committed at the end, or not at all.

        Raises:
            IndexFolderError: The database cannot be written; the error says why and what to do.
        """
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def problems(self) -> list[str]:
        """Return what the database finds wrong with itself, a line each."""
        try:
            with self.reading() as connection:
                found = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check")]
                orphans = [row[0] for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
        except IndexDamagedError as error:
            return [str(error)]
        return [f"{self.path}: {line}" for line in found if line != "ok"] + [
            f"{self.path}: a row of {table} belongs to nothing" for table in orphans
        ]

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Connection]:
        self._follow()
        try:
            connection = self._engine.connect().execution_options(begin=begin)
            with connection, connection.begin():
                yield connection
        except DBAPIError as error:
            kind, remedy = _REMEDIES.get(_code(error)) or self._find_damage(error)
            raise kind(f"{self.path}: {error.orig}: {remedy}") from error

    def _follow(self) -> None:
        """Let go of a file in whose place another one was put, as a repair does."""
        try:
            status = self.path.stat()
        except OSError:  # which connecting will tell better
            return
        if self._file not in (None, (status.st_dev, status.st_ino)):
            self._engine.dispose()
        self._file = status.st_dev, status.st_ino

    def _find_damage(self, error: DBAPIError) -> tuple[type[IndexFolderError], str]:
        """Return what to say of an error that only damage explains; raise what is our mistake."""
        with closing(sqlite3.connect(self.path)) as asked:
            try:
                found = [line for (line,) in asked.execute("PRAGMA quick_check")]
            except sqlite3.DatabaseError:
                return _DAMAGED
        if found == ["ok"]:
            raise error
        return _DAMAGED


def _connect(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": _BUSY_SECONDS},
        hide_parameters=True,  # documents and questions stay out of errors, and so of logs
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
    connection.text_factory = _text
    connection.isolation_level = None  # else the driver begins a transaction only before a write
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _text(data: bytes) -> str:
    """Decode what may be damaged, which is for its reader to notice."""
    return data.decode(errors="replace")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options()["begin"])
