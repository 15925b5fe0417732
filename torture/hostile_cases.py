"""What a hostile file is, and what must become of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large the files are made."""

    nesting: int = 100_000  # elements, brackets, quote marks
    pages: int = 10_000
    bomb: int = 4 * 2**30  # bytes that a few inflate to
    line: int = 60 * 2**20  # bytes, within the limit
    text: int = 2**20  # bytes
    huge: int = 2**30  # bytes, over the limit


FULL = Sizes()
SMALL = Sizes(nesting=300, pages=20, bomb=2**19, line=2**15, text=2**13, huge=2**27)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is beside the folder that is indexed: what no file in it may lead to."""

    folder: Path  # that is indexed
    secret: Path  # a file outside it
    address: str  # of a server that nobody may ask
    sizes: Sizes


@dataclass(frozen=True, slots=True)
class Case:
    """A few files made to bring an indexing run down.

    Attributes:
        name: What it is.
        make: Writes them into the folder.
        fates: Patterns of the event and reason that each is reported with, by relative path, as
            ``printable`` writes it.
        during: What goes on while the folder is indexed.
    """

    name: str
    make: Callable[[Surroundings], None]
    fates: Mapping[str, str]
    during: Callable[[Surroundings], AbstractContextManager[object]] = nullcontext


def file_case(name: str, path: str, fate: str, content: Callable[[Surroundings], bytes]) -> Case:
    """Return the case of a single file.

    Args:
        name: What it is.
        path: Where it lies in the folder.
        fate: Pattern of the event and reason that it is reported with.
        content: Makes its bytes.
    """
    return Case(name, lambda around: _write(around.folder / path, content(around)), {path: fate})


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)
