"""Tables in an SQLite file, and what its errors ask for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from index.database.backend import Remedy
from index.errors import IndexDamagedError, IndexFolderError, IndexLockedError

_BUSY_SECONDS = 30.0
_CONNECTIONS = 32  # open at once: threads that answer, and one that indexes

# What is somebody's to mend, by SQLite's primary result code; the rest are our own mistakes.
_DAMAGED = IndexDamagedError, "see `assistant doctor`, or restore it from a copy"
_BUSY = IndexLockedError, "another program is using it; try again when it has finished"
_UNWRITABLE = IndexFolderError, "let it and its folder be written, or choose another folder"
_REMEDIES: Mapping[int, Remedy] = {
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


class SqliteFile:
    """One file of tables."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._engine = _connect(path)
        self._file: tuple[int, int] | None = None  # its device and inode

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Begin a transaction that sees one state."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Begin a transaction beside which there is no other that writes."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def prepare(self, connection: Connection) -> None:
        """Do nothing: the file is made when it is connected to."""

    def problems(self, connection: Connection) -> list[str]:
        """Return what SQLite finds wrong with the file, a line each."""
        found = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check")]
        orphans = [row[0] for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
        return [line for line in found if line != "ok"] + [
            f"a row of {table} belongs to nothing" for table in orphans
        ]

    def remedy(self, error: DBAPIError) -> Remedy | None:
        """Return what is to be done about an error; None where it is our own mistake."""
        return _REMEDIES.get(_code(error)) or self._find_damage()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Connection]:
        self._follow()
        connection = self._engine.connect().execution_options(begin=begin)
        with connection, connection.begin():
            yield connection

    def _follow(self) -> None:
        """Let go of a file in whose place another one was put, as a repair does."""
        try:
            status = self._path.stat()
        except OSError:  # which connecting will tell better
            return
        if self._file not in (None, (status.st_dev, status.st_ino)):
            self._engine.dispose()
        self._file = status.st_dev, status.st_ino

    def _find_damage(self) -> Remedy | None:
        """Return what to say of an error that only damage explains."""
        with closing(sqlite3.connect(self._path)) as asked:
            try:
                found = [line for (line,) in asked.execute("PRAGMA quick_check")]
            except sqlite3.DatabaseError:
                return _DAMAGED
        return None if found == ["ok"] else _DAMAGED


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
