"""A database: durable transactions, and errors that say what to do.

An SQLite file, or a schema of a PostgreSQL database; who reads and writes need not know which.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from index.database.backend import Backend
from index.database.places import Place, Schema, place_of
from index.database.postgresql import PostgresqlSchema
from index.database.sqlite import SqliteFile
from index.errors import IndexDamagedError

__all__ = ["Database", "Place", "Schema", "place_of"]


class Database:
    """The tables in one place, shared by all threads of a process."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._backend = _backend(place)

    def close(self) -> None:
        """Close all connections."""
        self._backend.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Hold one state of the database, whatever others commit meanwhile.

        Raises:
            ConfigurationError: The setting has an option that is none, or an impossible value.
            IndexFolderError: The database cannot be read; the error says why and what to do.
        """
        with self.explained(), self._backend.reading() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Hold the right to write; what is written is committed at the end, or not at all.

        Raises:
            IndexFolderError: The database cannot be written; the error says why and what to do.
        """
        with self.explained(), self._backend.writing() as connection:
            yield connection

    def prepare(self, connection: Connection) -> None:
        """Make the place for tables, within ``writing``, where the server has none yet."""
        self._backend.prepare(connection)

    def problems(self) -> list[str]:
        """Return what the database finds wrong with itself, a line each."""
        try:
            with self.reading() as connection:
                found = self._backend.problems(connection)
        except IndexDamagedError as error:
            return [str(error)]
        return [f"{self.place}: {line}" for line in found]

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Say of what fails at the database what to do about it; raise on what is our mistake."""
        try:
            yield
        except DBAPIError as error:
            remedy = self._backend.remedy(error)
            if remedy is None:
                raise
            kind, words = remedy
            said = next(iter(str(error.orig).splitlines()), "")  # more lines may quote documents
            raise kind(f"{self.place}: {said}: {words}") from error


def _backend(place: Place) -> Backend:
    return PostgresqlSchema(place) if isinstance(place, Schema) else SqliteFile(place)
