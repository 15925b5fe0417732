"""A folder of arrays on disk: written whole or not at all, checked when read, mapped into memory.

A save is one new folder of ``.npy`` files and then one rename of ``manifest.json``, which names
that folder, the index generation and every file's SHA-256; a crash leaves the old save or the new.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexDamagedError

_FORMAT = 1
_MANIFEST = "manifest.json"

Arrays = dict[str, NDArray[Any]]


def save_arrays(path: Path, arrays: Mapping[str, NDArray[Any]], *, generation: int) -> Arrays:
    """Write arrays to a folder in place of what was saved there, and return the mapped copies."""
    path.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{generation}-", dir=path))
    sums = {name: _write(_file(folder, name), array) for name, array in arrays.items()}
    _sync(folder)
    _write_manifest(path, {"folder": folder.name, "generation": generation, "sha256": sums})
    for stale in path.iterdir():
        if stale.is_dir() and stale != folder:
            shutil.rmtree(stale, ignore_errors=True)
    return _map(folder, arrays)


def load_arrays(path: Path) -> tuple[Arrays, int]:
    """Map the arrays saved in a folder, read-only, and return them with their generation.

    Raises:
        IndexDamagedError: Something is missing, or is not what was written.
    """
    try:
        manifest = _read_manifest(path)
        folder = path / manifest["folder"]
        for name, expected in manifest["sha256"].items():
            with _file(folder, name).open("rb") as file:
                _check(name, hashlib.file_digest(file, "sha256").hexdigest(), expected)
        return _map(folder, manifest["sha256"]), manifest["generation"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamagedError(
            f"{path}: what was saved is missing or damaged ({error}); rebuild it from the catalogue"
        ) from error


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.npy"


def _map(folder: Path, names: Mapping[str, object]) -> Arrays:
    return {name: np.load(_file(folder, name), mmap_mode="r", allow_pickle=False) for name in names}


def _check(name: str, found: str, expected: str) -> None:
    if found != expected:
        raise ValueError(f"{name} is not what was written")


def _write(path: Path, array: NDArray[Any]) -> str:
    """Write one array through to the disk and return its file's SHA-256."""
    with path.open("w+b") as file:
        np.save(file, array, allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())
        file.seek(0)
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_manifest(path: Path, content: dict[str, Any]) -> None:
    content = {"format": _FORMAT, **content}
    temporary = path / f"{_MANIFEST}.new"
    with temporary.open("w", encoding="utf-8") as file:
        json.dump({"content": content, "sha256": _digest(content)}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path / _MANIFEST)
    _sync(path)


def _read_manifest(path: Path) -> dict[str, Any]:
    manifest = json.loads((path / _MANIFEST).read_text(encoding="utf-8"))
    content: dict[str, Any] = manifest["content"]
    _check(_MANIFEST, _digest(content), manifest["sha256"])
    if content["format"] != _FORMAT:
        raise ValueError(f"format {content['format']} is not {_FORMAT}")
    return content


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
