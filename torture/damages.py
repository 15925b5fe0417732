"""How the files of an index come to harm."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from random import Random

_FLIPPED = 8  # bits at most
_REWORDED = 100  # words at most


def damage(folder: Path, others: Sequence[Path], chance: Random) -> str:
    """Damage one file of an index, and say how.

    Args:
        folder: The index.
        others: Older states of it, and other indexes: whose files may come in place of its own.
        chance: What decides.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")
    kinds = sorted({path.name.partition("-")[0] for path in files} - {"writer.pid"})
    kind = chance.choice([*kinds, "catalogue.sqlite", "catalogue.sqlite"])
    path = chance.choice([path for path in files if path.name.partition("-")[0] == kind])
    how = chance.choice(
        [_flip, _flip, _reword, _reword, _truncate, _empty, _lose, _swap, _overwrite]
    )
    how(path, others, chance)
    return f"{how.__name__.strip('_')} {path.relative_to(folder)}"


def _flip(path: Path, others: Sequence[Path], chance: Random) -> None:
    data = bytearray(path.read_bytes())
    for _ in range(chance.randrange(1, _FLIPPED) if data else 0):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def _reword(path: Path, others: Sequence[Path], chance: Random) -> None:
    """Change single letters, figures and stops of what reads as text."""
    data = bytearray(path.read_bytes())
    words = [match.end() - 1 for match in re.finditer(rb"[a-z]{4,}\.?|[0-9]{4}\.?", data)]
    for place in chance.sample(words, min(len(words), _REWORDED)):
        data[place] ^= 1
    path.write_bytes(data)


def _truncate(path: Path, others: Sequence[Path], chance: Random) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: chance.randrange(len(data) + 1)])


def _empty(path: Path, others: Sequence[Path], chance: Random) -> None:
    path.write_bytes(b"")


def _lose(path: Path, others: Sequence[Path], chance: Random) -> None:
    path.unlink()


def _swap(path: Path, others: Sequence[Path], chance: Random) -> None:
    """Put an older one in its place, or that of another index."""
    source = chance.choice(others)
    same = [file for file in source.rglob(path.name) if file.is_file()]
    _replace(path, same[0].read_bytes() if same else b"")


def _overwrite(path: Path, others: Sequence[Path], chance: Random) -> None:
    """Fill a stretch with bytes of another place, as a disk that mixes blocks up does."""
    data = bytearray(path.read_bytes())
    size = min(len(data), chance.choice([16, 512, 4096]))
    start, end = (chance.randrange(len(data) - size + 1) for _ in range(2))
    data[start : start + size] = data[end : end + size]
    path.write_bytes(data)


def _replace(path: Path, data: bytes) -> None:
    path.unlink()
    path.write_bytes(data)
