"""The writer's lock on an index: one writer at a time, in threads and in processes.

The system, or the server, lets go of it when its holder dies, however that happens.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout
from sqlalchemy import Connection

from index.database import Place, Schema
from index.errors import IndexFolderError, IndexLockedError
from index.store.database_lock import DatabaseLock


class WriterLock(Protocol):
    """The right to write to one index."""

    @property
    def is_held(self) -> bool:
        """Whether this thread holds it."""

    def held(self) -> AbstractContextManager[None]:
        """Hold the lock; taking it again in the same thread is free.

        Raises:
            IndexLockedError: Another writer holds it.
        """

    def confirm(self, connection: Connection) -> None:
        """Make sure, at the end of a transaction that writes, that it is still held.

        Raises:
            IndexLockedError: It was lost.
        """


def lock_of(place: Place) -> WriterLock:
    """Return the lock of the index whose catalogue lies there."""
    return DatabaseLock(place) if isinstance(place, Schema) else FolderLock(place.parent)


class FolderLock:
    """The right to write to one folder: it is never lost but by letting go."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = FileLock(folder / "writer.lock")
        self._holder = folder / "writer.pid"

    @property
    def is_held(self) -> bool:
        """Whether this thread holds it."""
        return self._lock.is_locked

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock; taking it again in the same thread is free.

        Raises:
            IndexLockedError: Another writer holds it.
        """
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise IndexLockedError(self._message()) from None
        except OSError as error:
            place = f"{self._folder}: {error.strerror}"
            raise IndexFolderError(
                f"{place}: let it be written, make room there, or choose another folder"
            ) from error
        try:
            with suppress(OSError):  # on a full disk the holder stays unnamed
                self._holder.write_text(str(os.getpid()))
            yield
        finally:
            self._lock.release()

    def confirm(self, connection: Connection) -> None:
        """Do nothing: who holds it has it."""

    def _message(self) -> str:
        try:
            holder = f"process {int(self._holder.read_text())}"
        except (OSError, ValueError):
            holder = "another process"
        return f"{holder} is writing to {self._folder}: try again when it has finished"
