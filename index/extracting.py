"""Files → Documents and pictures of pages, in a process that a hostile file may end, not ours."""

from __future__ import annotations

import atexit
import os
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from index.children import manner_of, start_child
from index.documents import read_document
from index.errors import DamagedDocumentError, OversizedDocumentError
from index.extraction_worker import OUT_OF_MEMORY, Failure, Limits
from index.records import Document
from index.roots import FoundFile

_PATIENCE = 5.0  # seconds
_REMEDY = "open it in its own program and save it anew, or split it"
_TO_VIEW = Limits(seconds=20.0, memory=2**30)  # somebody waits for it

Result = TypeVar("Result")


@cache
def extractor() -> Extractor:
    """Return this process's extractor: starting one takes longer than most files."""
    return _shared(Limits())


@cache
def viewer() -> Extractor:
    """Return the extractor that pages are looked at with: it waits for no file being indexed."""
    return _shared(_TO_VIEW)


def _shared(limits: Limits) -> Extractor:
    shared = Extractor(limits)
    atexit.register(shared.close)
    return shared


class Extractor:
    """Makes documents of files, or what else there is in them, in a process of its own.

    Safe to use from several threads, one file at a time. The process is started with the first
    file, and again after a file has ended it.

    Args:
        limits: What working on one file may take.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._worker: _Worker | None = None
        self._lock = Lock()

    def read(self, data: bytes, file: FoundFile, root: str) -> Document:
        """Make the document of a file's bytes.

        Raises:
            ExtractionError: They cannot be read as one, or not within the limits.
        """
        return self.call(file.path, read_document, data, file, root, self._limits.characters)

    def call(self, path: Path, function: Callable[..., Result], *arguments: object) -> Result:
        """Call a function in the process and return what it does.

        Args:
            path: The file that it works on, which errors name.
            function: Of a module's own level, as the process imports it.
            arguments: That it is called with.

        Raises:
            ExtractionError: It failed, or did not end within the limits.
        """
        with self._lock:
            is_fresh = self._worker is None
            done = self._call(function, arguments)
            if isinstance(done, _Death) and not is_fresh:  # of what files before it took?
                done = self._call(function, arguments)
        if isinstance(done, _Death):
            done = self._fatal(done.code)
        if isinstance(done, Failure):
            raise done.kind(path, done.reason)
        return done

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def _call(
        self, function: Callable[..., Result], arguments: tuple[object, ...]
    ) -> Result | Failure | _Death:
        if self._worker is None or self._worker.owner != os.getpid():  # of before a fork
            self._worker = _start(self._limits)
        worker = self._worker
        try:
            worker.pipe.send((function, arguments))
            if not worker.pipe.poll(self._limits.seconds):
                self._end()
                late = f"it was not read within {self._limits.seconds:g} seconds"
                return Failure(DamagedDocumentError, f"{late}; {_REMEDY}")
            done: Result | Failure = worker.pipe.recv()
        except (EOFError, OSError):
            return _Death(self._end(patience=_PATIENCE))
        except BaseException:  # what it goes on to send would be taken for the next file's
            self._end()
            raise
        return done

    def _fatal(self, code: int) -> Failure:
        if code == OUT_OF_MEMORY:
            taken = f"reading it takes more than {self._limits.memory / 2**30:g} GiB of memory"
            return Failure(OversizedDocumentError, f"{taken}; {_REMEDY}")
        return Failure(
            DamagedDocumentError, f"it brought its reader down ({manner_of(code)}); {_REMEDY}"
        )

    def _end(self, *, patience: float = 0.0) -> int:
        """End the process, and return its exit code.

        Args:
            patience: Seconds in which it may end by itself, and so say how.
        """
        worker, self._worker = self._worker, None
        if worker is None or worker.owner != os.getpid():
            return 0
        worker.pipe.close()
        with suppress(subprocess.TimeoutExpired):
            return worker.process.wait(patience)
        worker.process.kill()
        return worker.process.wait()


@dataclass(frozen=True, slots=True)
class _Worker:
    owner: int  # process id
    process: subprocess.Popen[bytes]
    pipe: Connection[Any, Any]


@dataclass(frozen=True, slots=True)
class _Death:
    """The process was ended by what it worked on."""

    code: int  # its exit code


def _start(limits: Limits) -> _Worker:
    process, ours = start_child("index.extraction_worker")
    ours.send(limits.memory)
    return _Worker(os.getpid(), process, ours)
