from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.errors import IndexDamagedError
from index.keywords.arrays import load_arrays, save_arrays
from index.sealed import _is_whole, write_sealed

ARRAYS = {"left": np.arange(1000), "right": np.array([0.5, 0.25]), "none": np.empty(0, np.int32)}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    save_arrays(tmp_path, ARRAYS, generation=3)
    return tmp_path


def test_arrays_are_loaded_as_they_were_saved(saved: Path) -> None:
    loaded, generation, _ = load_arrays(saved, ARRAYS)
    assert generation == 3
    for name, array in ARRAYS.items():
        assert loaded[name].dtype == array.dtype
        assert loaded[name].tolist() == array.tolist()


def test_saving_returns_what_loading_would(tmp_path: Path) -> None:
    mapped = save_arrays(tmp_path / "new" / "folder", ARRAYS, generation=1)
    assert mapped["left"].tolist() == ARRAYS["left"].tolist()


def test_loaded_arrays_cannot_be_written(saved: Path) -> None:
    loaded, *_ = load_arrays(saved, ARRAYS)
    with pytest.raises(ValueError, match="read-only"):
        loaded["left"][0] = 1


def test_save_leaves_one_copy_behind(saved: Path) -> None:
    save_arrays(saved, ARRAYS, generation=4)
    save_arrays(saved, ARRAYS, generation=4)
    assert sorted(path.is_dir() for path in saved.iterdir()) == [False, True]
    assert load_arrays(saved, ARRAYS)[1] == 4


def test_arrays_that_are_mapped_outlive_the_next_save(saved: Path) -> None:
    before, *_ = load_arrays(saved, ARRAYS)
    save_arrays(saved, {**ARRAYS, "left": np.zeros(1000)}, generation=4)
    assert before["left"].tolist() == ARRAYS["left"].tolist()


def test_save_that_was_cut_short_leaves_the_one_before(saved: Path) -> None:
    cut_short = saved / "4-unfinished"
    cut_short.mkdir()
    (cut_short / "left.npy").write_bytes(b"half")
    (saved / "manifest.json.new").write_bytes(b'{"format"')
    assert load_arrays(saved, ARRAYS)[1] == 3


@pytest.mark.parametrize("name", ["manifest.json", "left.npy", "right.npy", "none.npy"])
@pytest.mark.parametrize("damage", ["flipped", "truncated", "emptied", "missing"])
def test_damage_is_found(saved: Path, name: str, damage: str) -> None:
    path = next(saved.rglob(name))
    data = path.read_bytes()
    if damage == "missing":
        path.unlink()
    elif damage == "truncated":
        path.write_bytes(data[:-5])
    elif damage == "emptied":
        path.write_bytes(b"")
    else:
        middle = len(data) // 2
        path.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])
    with pytest.raises(IndexDamagedError, match=str(saved)):
        load_arrays(saved, ARRAYS)


def test_generation_cannot_be_changed_unnoticed(saved: Path) -> None:
    manifest = (saved / "manifest.json").read_bytes()
    changed = manifest.replace(b'"generation": 3', b'"generation": 4')
    assert changed != manifest
    (saved / "manifest.json").write_bytes(changed)
    with pytest.raises(IndexDamagedError, match="rebuild"):
        load_arrays(saved, ARRAYS)


def test_other_format_is_to_be_rebuilt(saved: Path) -> None:
    with write_sealed(saved / "manifest.json") as file:
        file.write(b'{"format": 99, "generation": 3, "folder": "3"}\n')
    with pytest.raises(IndexDamagedError, match="format is 99"):
        load_arrays(saved, ARRAYS)


@pytest.mark.parametrize(
    "manifest", [b"{}", b"[]", b"no JSON", b'{"format": 1}', b'{"format": 1, "folder": 5}']
)
def test_manifest_of_another_form_is_damaged(saved: Path, manifest: bytes) -> None:
    with write_sealed(saved / "manifest.json") as file:
        file.write(manifest + b"\n")
    with pytest.raises(IndexDamagedError, match="rebuild"):
        load_arrays(saved, ARRAYS)


def test_folder_that_is_removed_while_it_is_mapped_is_damaged(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load_late(path: Path, **how: Any) -> Any:
        path.unlink(missing_ok=True)  # as a writer does that has saved anew
        return load(path, **how)

    load = np.load
    monkeypatch.setattr(np, "load", load_late)
    with pytest.raises(IndexDamagedError, match="FileNotFoundError"):
        load_arrays(saved, ARRAYS)


def test_file_that_is_cut_short_while_it_is_read_is_damaged(saved: Path) -> None:
    class CutShort(BytesIO):
        def seek(self, offset: int, whence: int = 0) -> int:
            return 1000 if whence else super().seek(offset)  # its length as it was before

    assert not _is_whole(CutShort(b"short"))


def test_folder_that_is_not_there_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(IndexDamagedError):
        load_arrays(tmp_path / "nowhere", ARRAYS)
