from __future__ import annotations

from errno import ENOSPC
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.errors import IndexDamagedError
from index.sealed import SealedWriter
from index.vectors import VectorIndex

Numbers = NDArray[np.int64]
Vectors = NDArray[np.float32]


def _random(count: int, dimension: int, seed: int = 0) -> Vectors:
    generator = np.random.default_rng(seed)
    vectors = generator.standard_normal((count, dimension), dtype=np.float32)
    lengths: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / lengths


def _clustered(count: int, dimension: int, seed: int = 0) -> Vectors:
    """Make vectors in groups, as texts of some topics are; half precision holds them exactly."""
    generator = np.random.default_rng(seed)
    near = _random(100, dimension)[generator.integers(100, size=count)]
    vectors = near + 0.1 * generator.standard_normal((count, dimension))
    lengths: NDArray[np.float64] = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / lengths).astype(np.float16).astype(np.float32)


def _numbers(*numbers: int) -> Numbers:
    return np.array(numbers, dtype=np.int64)


def _index(numbers: Numbers, vectors: Vectors) -> VectorIndex:
    index = VectorIndex(vectors.shape[1])
    index.add(numbers, vectors)
    return index


def _brute_force(numbers: Numbers, vectors: Vectors, vector: Vectors, k: int) -> Numbers:
    best = np.lexsort((numbers, -(vectors @ vector)))[:k]
    return numbers[best]


@pytest.fixture(scope="module")
def many() -> tuple[Numbers, Vectors]:
    vectors = _clustered(21_000, 32)
    return np.random.default_rng(1).permutation(10**6)[: len(vectors)].astype(np.int64), vectors


@pytest.fixture(scope="module")
def approximate(many: tuple[Numbers, Vectors]) -> VectorIndex:
    return _index(*many)


def test_nearest_vectors_come_best_first() -> None:
    index = _index(_numbers(10, 20, 30), np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32))
    numbers, scores = index.search(np.array([1, 0], dtype=np.float32), 2)
    assert numbers.tolist() == [10, 30]
    np.testing.assert_allclose(scores, [1.0, 0.6], rtol=1e-6)


def test_small_index_is_exact() -> None:
    numbers, vectors = np.arange(0, 3000, 3, dtype=np.int64), _random(1000, 24)
    index = _index(numbers, vectors)
    for query in _random(20, 24, seed=2):
        expected = _brute_force(numbers, vectors, query, 10)
        assert index.search(query, 10)[0].tolist() == expected.tolist()
    assert index.recall_at_10 is None


def test_ties_come_by_number_wherever_the_cut_falls() -> None:
    vectors = np.tile(_random(1, 8), (100, 1))
    index = _index(np.arange(100, 0, -1, dtype=np.int64), vectors)
    assert index.search(vectors[0], 3)[0].tolist() == [1, 2, 3]


def test_search_among_numbers_looks_at_them_alone() -> None:
    vectors = _random(500, 16)
    index = _index(np.arange(500, dtype=np.int64), vectors)
    among = np.arange(7, 500, 100, dtype=np.int64)
    expected = _brute_force(among, vectors[among], vectors[0], 3)
    assert index.search(vectors[0], 3, among=among)[0].tolist() == expected.tolist()


def test_search_among_numbers_that_are_not_held_finds_the_others() -> None:
    index = _index(_numbers(1, 2), np.eye(2, dtype=np.float32))
    query = np.array([1, 0], dtype=np.float32)
    assert index.search(query, 5, among=_numbers(2, 99))[0].tolist() == [2]
    assert index.search(query, 5, among=_numbers())[0].tolist() == []


def test_search_finds_no_more_than_there_is() -> None:
    query = np.array([1, 0], dtype=np.float32)
    assert VectorIndex(2).search(query, 3)[0].tolist() == []
    index = _index(_numbers(4, 5), np.eye(2, dtype=np.float32))
    assert index.search(query, 3)[0].tolist() == [4, 5]
    assert index.search(query, 0)[0].tolist() == []


@pytest.mark.parametrize("numbers", [_numbers(7, 7), _numbers(1, 7), _numbers(7)])
def test_number_is_never_held_twice(numbers: Numbers) -> None:
    index = _index(_numbers(1), _random(1, 4))
    with pytest.raises(ValueError, match=r"twice|vectors for"):
        index.add(numbers, _random(2, 4))
    assert index.numbers.tolist() == [1]


def test_vector_of_another_length_is_refused() -> None:
    index = _index(_numbers(1), _random(1, 4))
    with pytest.raises(ValueError, match="vectors for"):
        index.add(_numbers(2), _random(1, 5))
    with pytest.raises(ValueError, match="shape"):
        index.search(_random(1, 5)[0], 1)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.booleans(), st.lists(st.integers(0, 2**40), unique=True, max_size=8)),
        max_size=12,
    )
)
def test_index_holds_what_was_added_less_what_was_removed(
    changes: list[tuple[bool, list[int]]],
) -> None:
    index = VectorIndex(6)
    held: dict[int, Vectors] = {}
    for seed, (is_added, numbers) in enumerate(changes):
        if is_added:
            new = [number for number in numbers if number not in held]
            vectors = _random(len(new), 6, seed)
            index.add(_numbers(*new), vectors)
            held.update(zip(new, vectors, strict=True))
        else:
            index.remove(_numbers(*numbers))
            held = {number: held[number] for number in held if number not in numbers}
        read, found = index.vectors(_numbers(-1, *numbers, *held))
        assert sorted(read.tolist()) == sorted([*held, *(n for n in numbers if n in held)])
        for number, vector in zip(read.tolist(), found, strict=True):
            assert vector.tolist() == held[number].tolist()
    assert index.numbers.tolist() == sorted(held)
    for number, vector in held.items():
        assert index.search(vector, 1)[0].tolist() == [number]


def test_large_index_finds_nearly_all_that_exact_search_finds(
    many: tuple[Numbers, Vectors], approximate: VectorIndex
) -> None:
    queries = _clustered(50, 32, seed=3)
    found = [
        len(np.intersect1d(approximate.search(query, 10)[0], _brute_force(*many, query, 10)))
        for query in queries
    ]
    assert np.mean(found) >= 9.5
    assert approximate.recall_at_10 is not None
    assert approximate.recall_at_10 >= 0.99
    assert approximate.numbers.tolist() == np.sort(many[0]).tolist()


def test_large_index_is_exact_among_few(
    many: tuple[Numbers, Vectors], approximate: VectorIndex
) -> None:
    numbers, vectors = many
    some = np.random.default_rng(5).permutation(len(numbers))[:50]
    query = vectors[some[0]]
    found = approximate.search(query, 50, among=numbers[some])[0]
    assert found.tolist() == _brute_force(numbers[some], vectors[some], query, 50).tolist()


def test_large_index_finds_as_many_as_are_asked_for(approximate: VectorIndex) -> None:
    found = approximate.search(_random(1, 32)[0], 20_500)[0]
    assert len(np.unique(found)) == 20_500


def test_large_index_adds_and_removes(many: tuple[Numbers, Vectors]) -> None:
    numbers, vectors = many
    index = _index(numbers[:20_500], vectors[:20_500])
    index.remove(numbers[:300])
    index.add(numbers[20_500:], vectors[20_500:])
    assert index.numbers.tolist() == np.sort(numbers[300:]).tolist()
    assert index.search(vectors[-1], 1)[0].tolist() == [numbers[-1]]
    assert numbers[0] not in index.search(vectors[0], 100)[0]
    some = np.random.default_rng(6).permutation(len(numbers))[:100]
    read, held = index.vectors(numbers[some])
    rows = some[some >= 300]
    assert read.tolist() == numbers[rows].tolist()
    assert held.tolist() == vectors[rows].tolist()  # half precision holds these exactly


def test_nothing_is_lost_when_a_grown_index_is_sorted_anew() -> None:
    vectors = _clustered(84_100, 4)
    numbers = np.arange(len(vectors), dtype=np.int64)
    index = VectorIndex(4)
    for start, end in ((0, 21_000), (21_000, 84_000), (84_000, 84_100)):
        index.add(numbers[start:end], vectors[start:end])
    assert index.numbers.tolist() == numbers.tolist()
    for row in range(0, 84_100, 5_000):
        score = index.search(vectors[row], 1, among=numbers[row : row + 1])[1]
        np.testing.assert_allclose(score, vectors[row] @ vectors[row], rtol=1e-5)


def test_saved_index_loads_with_its_generation(tmp_path: Path) -> None:
    vectors = _random(40, 8)
    _index(np.arange(40, dtype=np.int64), vectors).save(tmp_path / "v", generation=7)
    index, generation, _ = VectorIndex.load(tmp_path / "v")
    assert (len(index), index.dimension, generation) == (40, 8, 7)
    assert index.search(vectors[3], 1)[0].tolist() == [3]
    index.add(_numbers(40), _random(1, 8, seed=9))
    assert index.numbers.tolist() == list(range(41))


def test_saved_large_index_answers_as_before(tmp_path: Path, approximate: VectorIndex) -> None:
    approximate.save(tmp_path / "v", generation=1)
    index, *_ = VectorIndex.load(tmp_path / "v")
    query = _clustered(1, 32, seed=8)[0]
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
    index = _index(np.arange(100), _random(100, 64))
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
        _index(_numbers(generation), _random(1, 4)).save(path, generation=generation)
    assert VectorIndex.load(path)[0].numbers.tolist() == [2]
    assert list(tmp_path.iterdir()) == [path]


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_changed_byte_is_noticed(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("saved") / "v"
    _index(_numbers(1, 2), _random(2, 4)).save(path, generation=1)
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    with pytest.raises(IndexDamagedError, match="rebuild"):
        VectorIndex.load(path)


def test_loaded_index_refuses_what_it_holds_and_takes_what_it_lacks(tmp_path: Path) -> None:
    _index(_numbers(1, 5), _random(2, 4)).save(tmp_path / "v", generation=1)
    index, *_ = VectorIndex.load(tmp_path / "v")
    with pytest.raises(ValueError, match="held already"):
        index.add(_numbers(5), _random(1, 4))
    index.add(_numbers(3), _random(1, 4))
    index.add(_numbers(9), _random(1, 4))
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


def test_lists_made_of_many_blocks_hold_every_vector_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.vectors._BLOCK", 700)
    vectors = _clustered(21_000, 4)
    numbers = np.arange(len(vectors), dtype=np.int64)
    index = VectorIndex(4)
    for start in range(0, len(vectors), 3_000):
        index.add(numbers[start : start + 3_000], vectors[start : start + 3_000])
    assert index.recall_at_10 is not None
    assert index.numbers.tolist() == numbers.tolist()
    assert index.vectors(numbers)[1].tolist() == vectors.tolist()


@pytest.mark.parametrize("length", [0, 1, 31, 32, 100, -1])
def test_truncated_file_is_noticed(tmp_path: Path, length: int) -> None:
    path = tmp_path / "v"
    _index(_numbers(1, 2), _random(2, 4)).save(path, generation=1)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(IndexDamagedError, match="rebuild"):
        VectorIndex.load(path)


def test_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(IndexDamagedError, match="cannot be read"):
        VectorIndex.load(tmp_path / "v")
