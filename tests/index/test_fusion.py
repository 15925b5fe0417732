from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fusion import Ranking, fuse, fuse_with_feedback


def ranking(scores: dict[int, float]) -> Ranking:
    order = sorted(scores, key=lambda number: (-scores[number], number))
    return np.array(order, np.int64), np.array([scores[number] for number in order], np.float64)


NOTHING = ranking({})


def test_score_is_the_weighted_sum_of_standard_scores() -> None:
    dense = {1: 0.9, 2: 0.5, 3: 0.5, 4: 0.1}  # mean 0.5, deviation 0.4 / √2
    keywords = {1: 1.0, 2: 5.0, 3: 1.0, 4: 5.0}  # mean 3, deviation 2
    numbers, scores = fuse(ranking(dense), ranking(keywords), k=5)
    assert numbers.tolist() == [1, 2, 3, 4]
    root = 2**0.5
    assert scores.tolist() == pytest.approx([0.6 * root - 0.4, 0.4, -0.4, 0.4 - 0.6 * root])


def test_passage_without_a_query_term_has_keyword_score_zero() -> None:
    complete = ranking({1: 4.0, 2: 2.0, 3: 0.0})
    lacking = ranking({1: 4.0, 2: 2.0})
    dense = ranking({1: 0.1, 2: 0.2, 3: 0.3})
    for left, right in zip(fuse(dense, complete, k=3), fuse(dense, lacking, k=3), strict=True):
        assert left.tolist() == right.tolist()


def test_passage_that_the_dense_ranking_lacks_counts_as_its_lowest() -> None:
    keywords = ranking({1: 1.0, 2: 1.0, 3: 1.0})
    numbers, scores = fuse(ranking({1: 0.7, 2: 0.3}), keywords, k=3)
    assert numbers.tolist() == [1, 2, 3]
    assert scores[1] == scores[2]


def test_only_the_best_k_are_returned() -> None:
    numbers, scores = fuse(ranking({4: 0.9, 5: 0.8, 6: 0.7}), NOTHING, k=2)
    assert numbers.tolist() == [4, 5]
    assert len(scores) == 2


def test_equal_scores_say_nothing_and_ties_are_in_order_of_number() -> None:
    numbers, scores = fuse(ranking({9: 0.1, 3: 0.1, 7: 0.1}), ranking({3: 0.3}), k=3)
    assert numbers.tolist() == [3, 7, 9]
    assert scores[1] == scores[2]
    assert fuse(ranking({9: 0.1, 3: 0.1, 7: 0.1}), NOTHING, k=3)[1].tolist() == [0.0, 0.0, 0.0]


def test_either_ranking_may_be_empty() -> None:
    assert fuse(NOTHING, ranking({1: 2.0, 2: 5.0}), k=2)[0].tolist() == [2, 1]
    assert fuse(ranking({1: -0.3, 2: -0.1}), NOTHING, k=2)[0].tolist() == [2, 1]
    assert fuse(NOTHING, NOTHING, k=2)[0].tolist() == []


def test_sharing_a_term_does_not_count_against_a_passage() -> None:
    numbers, _ = fuse(ranking({1: 0.5, 2: 0.5, 3: 0.5}), ranking({2: -1.0, 3: -2.0}), k=3)
    assert numbers.tolist() == [2, 1, 3]


def test_query_is_moved_toward_what_is_found_first() -> None:
    query = np.array([1.0, 0.0, 0.0], np.float32)
    first = np.array([0.8, 0.6, 0.0], np.float32)
    like_first, unlike_first = [0.5, 0.866, 0.0], [0.5, 0.0, 0.866]
    vectors = np.array([first, first, first, first, unlike_first, like_first], np.float32)
    numbers = np.arange(6)
    unmoved, _ = fuse((numbers, vectors @ query), NOTHING, k=6)
    moved, scores = fuse_with_feedback(query, numbers, vectors, NOTHING, k=6)
    assert unmoved.tolist() == [0, 1, 2, 3, 4, 5]
    assert moved.tolist() == [0, 1, 2, 3, 5, 4]
    products = vectors @ (query + 0.25 * first)
    again, expected = fuse((numbers, products), NOTHING, k=6)
    assert again.tolist() == moved.tolist()
    assert scores.tolist() == pytest.approx(expected.tolist())


def test_candidates_without_vectors_are_ranked_by_keywords() -> None:
    query, none = np.zeros(3, np.float32), np.empty((0, 3), np.float32)
    numbers, _ = fuse_with_feedback(
        query, np.empty(0, np.int64), none, ranking({1: 2.0, 2: 5.0}), k=2
    )
    assert numbers.tolist() == [2, 1]


scored = st.dictionaries(st.integers(0, 30), st.floats(-1, 1), max_size=12)


@given(scored, st.dictionaries(st.integers(0, 30), st.floats(-3, 40), max_size=12))
def test_fusion_ranks_every_passage_once(
    dense: dict[int, float], keywords: dict[int, float]
) -> None:
    numbers, scores = fuse(ranking(dense), ranking(keywords), k=100)
    assert sorted(numbers.tolist()) == sorted({*dense, *keywords})
    assert np.isfinite(scores).all()
    assert (np.diff(scores) <= 0).all()


@given(scored)
def test_passage_that_both_rank_best_is_first(scores: dict[int, float]) -> None:
    dense = {**scores, 99: 1.5}
    keywords = {number: score + 2 for number, score in dense.items()}
    assert fuse(ranking(dense), ranking(keywords), k=1)[0].tolist() == [99]
