"""Files that end in the SHA-256 of the rest: written whole or not at all, believed only whole."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from index.durable import replacing
from index.errors import IndexDamagedError

_SEAL_LENGTH = hashlib.sha256().digest_size
_BLOCK = 1 << 20


class SealedWriter:
    """Writes to a file and keeps the hash of what it wrote."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        """Write all of the data; return its length."""
        self._hash.update(data)
        return self._file.write(data)

    def seal(self) -> None:
        """Write the hash behind the rest."""
        self._file.write(self._hash.digest())


@contextmanager
def write_sealed(path: Path) -> Iterator[SealedWriter]:
    """Open a file that replaces the one at ``path`` when the block ends without an error."""
    with replacing(path) as file:
        writer = SealedWriter(file)
        yield writer
        writer.seal()


@contextmanager
def read_sealed(path: Path) -> Iterator[BinaryIO]:
    """Check a file whole, then open it at its start.

    Raises:
        IndexDamagedError: It is missing, or is not what was written.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise IndexDamagedError(f"{path}: cannot be read ({error}); rebuild it") from error
    with file:
        if not _is_whole(file):
            raise IndexDamagedError(f"{path}: is not what was written; rebuild it")
        file.seek(0)
        yield file


def _is_whole(file: BinaryIO) -> bool:
    remaining = file.seek(0, os.SEEK_END) - _SEAL_LENGTH
    file.seek(0)
    digest = hashlib.sha256()
    while remaining > 0:
        block = file.read(min(_BLOCK, remaining))
        if not block:  # cut short since its length was asked
            return False
        digest.update(block)
        remaining -= len(block)
    return file.read() == digest.digest()
