from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.vectors import VectorIndex
from tests.index.vectors import (
    Numbers,
    Vectors,
    clustered_vectors,
    index_of,
    numbers_of,
    random_vectors,
)


def _brute_force(numbers: Numbers, vectors: Vectors, vector: Vectors, k: int) -> Numbers:
    best = np.lexsort((numbers, -(vectors @ vector)))[:k]
    return numbers[best]


def test_nearest_vectors_come_best_first() -> None:
    index = index_of(
        numbers_of(10, 20, 30), np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32)
    )
    numbers, scores = index.search(np.array([1, 0], dtype=np.float32), 2)
    assert numbers.tolist() == [10, 30]
    np.testing.assert_allclose(scores, [1.0, 0.6], rtol=1e-6)


def test_small_index_is_exact() -> None:
    numbers, vectors = np.arange(0, 3000, 3, dtype=np.int64), random_vectors(1000, 24)
    index = index_of(numbers, vectors)
    for query in random_vectors(20, 24, seed=2):
        expected = _brute_force(numbers, vectors, query, 10)
        assert index.search(query, 10)[0].tolist() == expected.tolist()
    assert index.recall_at_10 is None


def test_ties_come_by_number_wherever_the_cut_falls() -> None:
    vectors = np.tile(random_vectors(1, 8), (100, 1))
    index = index_of(np.arange(100, 0, -1, dtype=np.int64), vectors)
    assert index.search(vectors[0], 3)[0].tolist() == [1, 2, 3]


def test_search_among_numbers_looks_at_them_alone() -> None:
    vectors = random_vectors(500, 16)
    index = index_of(np.arange(500, dtype=np.int64), vectors)
    among = np.arange(7, 500, 100, dtype=np.int64)
    expected = _brute_force(among, vectors[among], vectors[0], 3)
    assert index.search(vectors[0], 3, among=among)[0].tolist() == expected.tolist()


def test_search_among_numbers_that_are_not_held_finds_the_others() -> None:
    index = index_of(numbers_of(1, 2), np.eye(2, dtype=np.float32))
    query = np.array([1, 0], dtype=np.float32)
    assert index.search(query, 5, among=numbers_of(2, 99))[0].tolist() == [2]
    assert index.search(query, 5, among=numbers_of())[0].tolist() == []


def test_search_finds_no_more_than_there_is() -> None:
    query = np.array([1, 0], dtype=np.float32)
    assert VectorIndex(2).search(query, 3)[0].tolist() == []
    index = index_of(numbers_of(4, 5), np.eye(2, dtype=np.float32))
    assert index.search(query, 3)[0].tolist() == [4, 5]
    assert index.search(query, 0)[0].tolist() == []


@pytest.mark.parametrize("numbers", [numbers_of(7, 7), numbers_of(1, 7), numbers_of(7)])
def test_number_is_never_held_twice(numbers: Numbers) -> None:
    index = index_of(numbers_of(1), random_vectors(1, 4))
    with pytest.raises(ValueError, match=r"twice|vectors for"):
        index.add(numbers, random_vectors(2, 4))
    assert index.numbers.tolist() == [1]


def test_vector_of_another_length_is_refused() -> None:
    index = index_of(numbers_of(1), random_vectors(1, 4))
    with pytest.raises(ValueError, match="vectors for"):
        index.add(numbers_of(2), random_vectors(1, 5))
    with pytest.raises(ValueError, match="shape"):
        index.search(random_vectors(1, 5)[0], 1)


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
            vectors = random_vectors(len(new), 6, seed)
            index.add(numbers_of(*new), vectors)
            held.update(zip(new, vectors, strict=True))
        else:
            index.remove(numbers_of(*numbers))
            held = {number: held[number] for number in held if number not in numbers}
        read, found = index.vectors(numbers_of(-1, *numbers, *held))
        assert sorted(read.tolist()) == sorted([*held, *(n for n in numbers if n in held)])
        for number, vector in zip(read.tolist(), found, strict=True):
            assert vector.tolist() == held[number].tolist()
    assert index.numbers.tolist() == sorted(held)
    for number, vector in held.items():
        assert index.search(vector, 1)[0].tolist() == [number]


def test_large_index_finds_nearly_all_that_exact_search_finds(
    many: tuple[Numbers, Vectors], approximate: VectorIndex
) -> None:
    queries = clustered_vectors(50, 32, seed=3)
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
    found = approximate.search(random_vectors(1, 32)[0], 20_500)[0]
    assert len(np.unique(found)) == 20_500


def test_large_index_adds_and_removes(many: tuple[Numbers, Vectors]) -> None:
    numbers, vectors = many
    index = index_of(numbers[:20_500], vectors[:20_500])
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
    vectors = clustered_vectors(84_100, 4)
    numbers = np.arange(len(vectors), dtype=np.int64)
    index = VectorIndex(4)
    for start, end in ((0, 21_000), (21_000, 84_000), (84_000, 84_100)):
        index.add(numbers[start:end], vectors[start:end])
    assert index.numbers.tolist() == numbers.tolist()
    for row in range(0, 84_100, 5_000):
        score = index.search(vectors[row], 1, among=numbers[row : row + 1])[1]
        np.testing.assert_allclose(score, vectors[row] @ vectors[row], rtol=1e-5)


def test_lists_made_of_many_blocks_hold_every_vector_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.vectors._BLOCK", 700)
    vectors = clustered_vectors(21_000, 4)
    numbers = np.arange(len(vectors), dtype=np.int64)
    index = VectorIndex(4)
    for start in range(0, len(vectors), 3_000):
        index.add(numbers[start : start + 3_000], vectors[start : start + 3_000])
    assert index.recall_at_10 is not None
    assert index.numbers.tolist() == numbers.tolist()
    assert index.vectors(numbers)[1].tolist() == vectors.tolist()
