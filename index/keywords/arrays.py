"""A folder of arrays on disk: written whole or not at all, checked when read, mapped into memory.

A save is one new folder of sealed ``.npy`` files and then one rename of ``manifest.json``, which
names that folder and the index generation; a crash leaves the old save or the new.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexDamagedError
from index.sealed import read_sealed, write_sealed

_FORMAT = 2
MANIFEST = "manifest.json"

Arrays = dict[str, NDArray[Any]]


def save_arrays(
    path: Path, arrays: Mapping[str, NDArray[Any]], *, generation: int, mark: str = ""
) -> Arrays:
    """Write arrays to a folder in place of what was saved there, and return the mapped copies."""
    folder = path / f"{generation}-{secrets.token_hex(4)}"
    folder.mkdir(parents=True)
    for name, array in arrays.items():
        with write_sealed(_file(folder, name)) as file:
            np.save(file, array, allow_pickle=False)
    manifest = {
        "format": _FORMAT,
        "generation": generation,
        "mark": mark,
        "folder": folder.name,
    }
    with write_sealed(path / MANIFEST) as file:
        file.write(json.dumps(manifest).encode() + b"\n")
    for stale in path.iterdir():
        if stale.is_dir() and stale != folder:
            shutil.rmtree(stale, ignore_errors=True)
    return _map(folder, arrays)


def load_arrays(path: Path, names: Collection[str]) -> tuple[Arrays, int, str]:
    """Map the arrays saved in a folder, read-only; return them, their generation and its mark.

    Raises:
        IndexDamagedError: Something is missing, or is not what was written.
    """
    try:
        with read_sealed(path / MANIFEST) as file:
            manifest = json.loads(file.readline())
        if manifest["format"] != _FORMAT:
            raise ValueError(f"its format is {manifest['format']}, not {_FORMAT}")
        folder = path / manifest["folder"]
        for name in names:
            with read_sealed(_file(folder, name)):
                pass  # reading it checked it
        return _map(folder, names), int(manifest["generation"]), str(manifest["mark"])
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        # A writer may also have replaced the folder while it was read.
        raise IndexDamagedError(f"{path}: cannot be read ({error!r}); rebuild it") from error


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.npy"


def _map(folder: Path, names: Collection[str]) -> Arrays:
    return {name: np.load(_file(folder, name), mmap_mode="r", allow_pickle=False) for name in names}
