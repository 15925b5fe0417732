from __future__ import annotations

from errno import ENOSPC
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import IndexDamagedError
from index.sealed import SealedWriter
from index.vectors import VectorIndex
from tests.index.vectors import (
    Numbers,
    Vectors,
    clustered_vectors,
    index_of,
    numbers_of,
    random_vectors,
)


def test_saved_index_loads_with_its_generation(tmp_path: Path) -> None:
    vectors = random_vectors(40, 8)
    index_of(np.arange(40, dtype=np.int64), vectors).save(tmp_path / "v", generation=7)
    index, generation, _ = VectorIndex.load(tmp_path / "v")
    assert (len(index), index.dimension, generation) == (40, 8, 7)
    assert index.search(vectors[3], 1)[0].tolist() == [3]
    index.add(numbers_of(40), random_vectors(1, 8, seed=9))
    assert index.numbers.tolist() == list(range(41))


def test_saved_large_index_answers_as_before(tmp_path: Path, approximate: VectorIndex) -> None:
    approximate.save(tmp_path / "v", generation=1)
    index, *_ = VectorIndex.load(tmp_path / "v")
    query = clustered_vectors(1, 32, seed=8)[0]
    before, after = approximate.search(query, 20), index.search(query, 20)
    assert after[0].tolist() == before[0].tolist()
    assert after[1].tolist() == before[1].tolist()
    assert index.recall_at_10 == approximate.recall_at_10


def test_empty_index_is_saved_too(tmp_path: Path) -> None:
    VectorIndex(5).save(tmp_path / "v", generation=2)
    index, generation, _ = VectorIndex.load(tmp_path / "v")
    assert (len(index), index.dimension, generation) == (0, 5, 2)


def test_save_that_fails_at_the_end_is_told_and_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "vectors.faiss"
    index = index_of(np.arange(100), random_vectors(100, 64))
    index.save(path, generation=1)
    before = path.read_bytes()

    def write(_: SealedWriter, data: bytes) -> int:
        if data.startswith(b"{"):  # the header
            return len(data)
        raise OSError(ENOSPC, "no space left on device")

    monkeypatch.setattr(SealedWriter, "write", write)
    with pytest.raises(OSError, match="no space left"):
        index.save(path, generation=2)
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [(path.name, before)]


def test_save_replaces_what_was_there_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "v"
    for generation in (1, 2):
        index_of(numbers_of(generation), random_vectors(1, 4)).save(path, generation=generation)
    assert VectorIndex.load(path)[0].numbers.tolist() == [2]
    assert list(tmp_path.iterdir()) == [path]


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_changed_byte_is_noticed(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("saved") / "v"
    index_of(numbers_of(1, 2), random_vectors(2, 4)).save(path, generation=1)
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    with pytest.raises(IndexDamagedError, match="rebuild"):
        VectorIndex.load(path)


def test_loaded_index_refuses_what_it_holds_and_takes_what_it_lacks(tmp_path: Path) -> None:
    index_of(numbers_of(1, 5), random_vectors(2, 4)).save(tmp_path / "v", generation=1)
    index, *_ = VectorIndex.load(tmp_path / "v")
    with pytest.raises(ValueError, match="held already"):
        index.add(numbers_of(5), random_vectors(1, 4))
    index.add(numbers_of(3), random_vectors(1, 4))
    index.add(numbers_of(9), random_vectors(1, 4))
    assert index.numbers.tolist() == [1, 3, 5, 9]


def test_loaded_large_index_gives_vectors_back_and_removes(
    tmp_path: Path, many: tuple[Numbers, Vectors], approximate: VectorIndex
) -> None:
    numbers, vectors = many
    approximate.save(tmp_path / "v", generation=1)
    index, *_ = VectorIndex.load(tmp_path / "v")
    index.remove(numbers[:100])
    read, held = index.vectors(numbers[50:150])
    assert read.tolist() == numbers[100:150].tolist()
    assert held.tolist() == vectors[100:150].tolist()


@pytest.mark.parametrize("length", [0, 1, 31, 32, 100, -1])
def test_truncated_file_is_noticed(tmp_path: Path, length: int) -> None:
    path = tmp_path / "v"
    index_of(numbers_of(1, 2), random_vectors(2, 4)).save(path, generation=1)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(IndexDamagedError, match="rebuild"):
        VectorIndex.load(path)


def test_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(IndexDamagedError, match="cannot be read"):
        VectorIndex.load(tmp_path / "v")
