"""The process that files are opened in; see ``index.extracting``."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import index.documents  # noqa: F401 -- what readers import is not to be taken for a file's
from index.children import behave_as_child
from index.errors import DamagedDocumentError, ExtractionError

OUT_OF_MEMORY = 77  # exit code
_STATM = "/proc/self/statm"
_OOM = Path("/proc/self/oom_score_adj")
_CHOSEN_FIRST = "1000"


@dataclass(frozen=True, slots=True)
class Limits:
    """What working on one file may take.

    Attributes:
        seconds: Of the clock.
        memory: Bytes, beyond what the process holds before its first file.
        characters: Of text in the file.
    """

    seconds: float = 120.0
    memory: int = 2 * 2**30
    characters: int = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a file could not be read: what to raise in the process that asked."""

    kind: type[ExtractionError]
    reason: str


def main(descriptor: int) -> None:
    """Call functions until nobody asks any more.

    Args:
        descriptor: Of a pipe, on which the memory that one call may take comes first; then a
            function and its arguments at a time; what it returns or a Failure is sent back.
    """
    behave_as_child(descriptor)
    with suppress(OSError):  # no Linux
        _OOM.write_text(_CHOSEN_FIRST)  # rather lose this process than the one that asks
    with Connection(descriptor) as pipe:
        _limit_memory(pipe.recv())
        try:
            while True:
                function, arguments = pipe.recv()
                pipe.send(_call(function, arguments))
        except (EOFError, BrokenPipeError):  # nobody asks any more
            return
        except MemoryError:
            os._exit(OUT_OF_MEMORY)  # a process that has run out once is not to be trusted


def _limit_memory(extra: int) -> None:
    """Let memory run out in this process before it does in all others, where that can be set."""
    try:
        with open(_STATM) as file:  # noqa: PTH123 -- a Path would be as long
            held = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (held + extra, held + extra))
    except (OSError, ValueError):  # no Linux, or a lower limit already
        return


def _call(function: Callable[..., Any], arguments: tuple[object, ...]) -> object:
    try:
        return function(*arguments)
    except ExtractionError as error:
        return Failure(type(error), error.reason)
    except MemoryError:
        raise
    except Exception as error:  # a reader's own fault stops no run
        return Failure(DamagedDocumentError, f"its reader failed ({type(error).__name__}: {error})")
