"""The writer's lock on an index folder: one writer at a time, in threads and in processes.

The system lets go of it when its holder dies, however that happens.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import IndexFolderError, IndexLockedError


class WriterLock:
    """The right to write to one index folder."""

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

    def _message(self) -> str:
        try:
            holder = f"process {int(self._holder.read_text())}"
        except (OSError, ValueError):
            holder = "another process"
        return f"{holder} is writing to {self._folder}: try again when it has finished"
