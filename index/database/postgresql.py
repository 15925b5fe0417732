"""Tables in a schema of a PostgreSQL database, and what the server's errors ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from re import search
from typing import Any

from sqlalchemy import Connection, Engine, Pool, QueuePool, create_engine, event, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateSchema

from index.database.backend import Remedy
from index.database.places import Schema
from index.errors import (
    ConfigurationError,
    IndexDamagedError,
    IndexFolderError,
    IndexLockedError,
)

_BUSY_SECONDS = 30.0
# A server that has vanished is noticed by those who wait for it, too.
_CONNECT = {
    "connect_timeout": 10,
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,  # milliseconds
}
_CONNECTIONS = 32  # kept open: threads that answer, and one that indexes

# What is somebody's to mend, by SQLSTATE or its class; the rest are our own mistakes.
_GONE = IndexFolderError, "see that the server runs and can be reached, and try again"
_BUSY = IndexLockedError, "others are using it; try again when they have finished"
_DAMAGED = IndexDamagedError, "restore the database from a backup"
_FORBIDDEN = IndexFolderError, "let its user read and write there, or give another one"
_REMEDIES: Mapping[str, Remedy] = {
    "08": _GONE,
    "25006": _FORBIDDEN,  # the server only reads, as a copy of another does
    "25P03": _GONE,  # the server ended a transaction that did nothing for too long
    "3F": _DAMAGED,  # it lacks the schema
    "40": _BUSY,
    "42501": _FORBIDDEN,
    "42703": _DAMAGED,  # it lacks a column
    "42P01": _DAMAGED,  # it lacks a table
    "53100": (IndexFolderError, "make room on the server's disk; what was committed is safe"),
    "53": (IndexFolderError, "the server needs more memory or connections; then try again"),
    "54": (IndexFolderError, "a path is too long for the server: shorten the names in it"),
    "55P03": _BUSY,
    "57014": _BUSY,  # it took longer than the server allows
    "57P": _GONE,
    "58": (IndexFolderError, "the server's disk fails; check it and what is free on it"),
    "XX": _DAMAGED,
}
# Likewise where there is no connection yet, and so no SQLSTATE: by what libpq says.
_REFUSALS: Mapping[str, Remedy] = {
    r"no password supplied": (
        IndexFolderError,
        "give the password in PGPASSWORD or in ~/.pgpass",
    ),
    r'password authentication failed|role ".*" does not exist|no pg_hba\.conf entry': (
        IndexFolderError,
        "give the right user and password, and let the server admit them",
    ),
    r'database ".*" does not exist': (IndexFolderError, "make the database, or give another one"),
    r"connection option|invalid \w+ value|bad value for": (
        ConfigurationError,
        "correct what follows the `?` in the setting `catalogue`",
    ),
}


class PostgresqlSchema:
    """One schema of tables on a server."""

    def __init__(self, place: Schema) -> None:
        self._schema = place.name
        self._engine = connect_to(place, pool=QueuePool)
        self._writers = lock_key(place, "commit")

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Begin a transaction that sees one state."""
        with self._transaction("REPEATABLE READ", is_read_only=True) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Begin a transaction beside which there is no other that writes.

        Each statement sees what was committed before it; since it holds the one lock of all
        writers by then, that is one state.
        """
        with self._transaction("READ COMMITTED", is_read_only=False) as connection:
            connection.execute(select(func.pg_advisory_xact_lock(self._writers)))
            yield connection

    def prepare(self, connection: Connection) -> None:
        """Make the schema, for which its user needs the right only where there is none."""
        names = text("SELECT 1 FROM pg_namespace WHERE nspname = :name")
        if connection.execute(names, {"name": self._schema}).scalar() is None:
            connection.execute(CreateSchema(self._schema))

    def problems(self, connection: Connection) -> list[str]:
        """Return nothing: the server finds only what is read, and keeps its constraints."""
        return []

    def remedy(self, error: DBAPIError) -> Remedy | None:
        """Return what is to be done about an error; None where it is our own mistake."""
        state = getattr(error.orig, "sqlstate", None)
        if state is None:  # it came from the connection, not from the server
            return _refusal(str(error.orig)) or (_GONE if _is_of_connection(error) else None)
        return next((_REMEDIES[state[:n]] for n in (5, 3, 2) if state[:n] in _REMEDIES), None)

    @contextmanager
    def _transaction(self, level: Any, *, is_read_only: bool) -> Iterator[Connection]:
        connection = self._engine.connect().execution_options(
            isolation_level=level, postgresql_readonly=is_read_only
        )
        with connection, connection.begin():
            yield connection


def connect_to(place: Schema, *, pool: type[Pool]) -> Engine:
    """Return an engine whose connections find the schema's tables, and commit durably.

    Raises:
        ConfigurationError: The driver is not installed.
    """
    sizes = {"pool_size": _CONNECTIONS, "max_overflow": -1} if pool is QueuePool else {}
    try:
        engine = create_engine(
            place.url,
            connect_args={k: v for k, v in _CONNECT.items() if k not in place.url.query},
            hide_parameters=True,  # documents and questions stay out of errors, and so of logs
            pool_pre_ping=True,
            poolclass=pool,
            **sizes,
        )
    except ImportError as error:
        raise ConfigurationError(
            "PostgreSQL needs more to be installed: pip install 'document-assistant[scale]'"
        ) from error

    def begin(connection: Any, _: object) -> None:
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            raise ConfigurationError(
                f"{place}: its encoding is {encoding}: make a database with the encoding UTF8"
            )
        connection.autocommit = True  # what is set within a transaction may be rolled back
        own = {"search_path": place.name, "lock_timeout": f"{_BUSY_SECONDS * 1000:.0f}"}
        for setting in (_SESSION | own).items():
            connection.execute("SELECT set_config(%s, %s, false)", setting)
        connection.execute(_DURABLY)
        connection.autocommit = False

    event.listen(engine, "connect", begin)
    return engine


_SESSION = {
    "client_encoding": "UTF8",
    # So that the server soon notices that a machine is gone; over a socket there is no need.
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
_DURABLY = (
    "SELECT set_config('synchronous_commit', 'on', false) "
    "WHERE current_setting('synchronous_commit') = 'off'"
)


def lock_key(place: Schema, purpose: str) -> int:
    """Return the number of an advisory lock: the server knows them by numbers of 64 bits."""
    digest = sha256(f"document-assistant {place.name} {purpose}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


def _refusal(said: str) -> Remedy | None:
    return next((remedy for words, remedy in _REFUSALS.items() if search(words, said)), None)


def _is_of_connection(error: DBAPIError) -> bool:
    is_operational = type(error).__name__ in ("OperationalError", "InterfaceError")
    return error.connection_invalidated or is_operational
