"""The process that files are read in; see ``index.extracting``."""

from __future__ import annotations

import os
import resource
import sys
from dataclasses import dataclass
from multiprocessing.connection import Connection

from index.documents import read_document
from index.errors import DamagedDocumentError, ExtractionError, OversizedDocumentError
from index.records import Document
from index.roots import FoundFile

OUT_OF_MEMORY = 77  # exit code
_STATM = "/proc/self/statm"


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take.

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
    """Read files until nobody asks any more.

    Args:
        descriptor: Of a pipe, on which limits come first; then the bytes of a file, the file and
            its root's name at a time; for each a Document or a Failure is sent back.
    """
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a parser prints is no answer
    with Connection(descriptor) as pipe:
        limits: Limits = pipe.recv()
        _limit_memory(limits.memory)
        try:
            while True:
                asked: tuple[bytes, FoundFile, str] = pipe.recv()
                pipe.send(_read(*asked, limits=limits))
        except (EOFError, BrokenPipeError):  # nobody asks any more
            return
        except MemoryError:
            sys.exit(OUT_OF_MEMORY)  # a process that has run out once is not to be trusted


def _limit_memory(extra: int) -> None:
    """Let memory run out in this process before it does in all others, where that can be set."""
    try:
        with open(_STATM) as file:  # noqa: PTH123 -- a Path would be as long
            held = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (held + extra, held + extra))
    except (OSError, ValueError):  # no Linux, or a lower limit already
        return


def _read(data: bytes, file: FoundFile, root: str, *, limits: Limits) -> Document | Failure:
    try:
        document = read_document(data, file, root)
    except ExtractionError as error:
        return Failure(type(error), error.reason)
    except MemoryError:
        raise
    except Exception as error:  # a reader's own fault stops no run
        return Failure(DamagedDocumentError, f"its reader failed ({type(error).__name__}: {error})")
    if len(document.source_text) > limits.characters:
        held = f"holds {len(document.source_text):,} characters, over {limits.characters:,}"
        return Failure(OversizedDocumentError, f"{held}; split it")
    return document
