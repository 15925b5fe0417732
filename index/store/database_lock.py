"""The writer's lock on an index that lies on a PostgreSQL server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from socket import gethostname
from threading import local

from sqlalchemy import Connection, NullPool, func, select, text

from index.database import Database, Schema
from index.database.postgresql import connect_to, lock_key
from index.errors import IndexLockedError

_LONGEST_NAME = 63  # bytes: PostgreSQL cuts off the rest
# A lock of 64 bits is listed in two halves.
_HELD = """
    FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND objsubid = 1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (classid::bigint << 32 | objid::bigint) = :key
"""
_HOLDER = text(f"SELECT application_name {_HELD}")
_STILL_HELD = text(f"SELECT 1 {_HELD} AND pid = :pid")


class DatabaseLock:
    """The right to write to one schema, which the server ends with the connection that holds it.

    A holder that lost its connection may not know: each commit confirms it, and the next holder
    begins when the commits that were confirmed before have ended.
    """

    def __init__(self, place: Schema) -> None:
        self._place = place
        self._key = lock_key(place, "write")
        self._mine = local()  # by thread: how often it is held, and by which server process

    @property
    def is_held(self) -> bool:
        """Whether this thread holds it."""
        return bool(getattr(self._mine, "depth", 0))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock; taking it again in the same thread is free.

        Raises:
            IndexLockedError: Another writer holds it.
        """
        with ExitStack() as connected:
            if not self.is_held:
                self._mine.pid = connected.enter_context(self._acquired())
                self._mine.depth = 0
            self._mine.depth += 1
            try:
                yield
            finally:
                self._mine.depth -= 1

    def confirm(self, connection: Connection) -> None:
        """Make sure, at the end of a transaction that writes, that it is still held.

        Raises:
            IndexLockedError: It was lost with the connection that held it.
        """
        known = {"key": self._key, "pid": self._mine.pid}
        if connection.execute(_STILL_HELD, known).scalar() is None:
            raise IndexLockedError(
                f"{self._place}: the connection that held the right to write was lost, and "
                "another writer may have begun: what was not yet committed is left; try again"
            )

    @contextmanager
    def _acquired(self) -> Iterator[int]:
        """Hold the lock on a connection of its own; yield the number of its server process."""
        database, engine = Database(self._place), connect_to(self._place, pool=NullPool)
        try:
            with ExitStack() as connected:
                with database.explained():
                    connection = connected.enter_context(engine.connect())
                    pid = self._acquire(connection.execution_options(isolation_level="AUTOCOMMIT"))
                with database.writing():
                    pass  # commits that an earlier holder has confirmed end first
                yield pid
        finally:
            engine.dispose()
            database.close()

    def _acquire(self, connection: Connection) -> int:
        key = {"key": self._key}
        if not connection.execute(select(func.pg_try_advisory_lock(self._key))).scalar():
            holder = connection.execute(_HOLDER, key).scalar() or "another process"
            raise IndexLockedError(
                f"{holder} is writing to {self._place}: try again when it has finished"
            )
        name = f"process {os.getpid()} on {gethostname()}".encode()[:_LONGEST_NAME]
        connection.execute(
            text("SELECT set_config('application_name', :name, false)"),
            {"name": name.decode(errors="ignore")},
        )
        return int(connection.execute(select(func.pg_backend_pid())).scalar_one())
