from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.ranking import score_rankings

DATA = Path(__file__).parents[2] / "data"


def test_hand_worked_ranking() -> None:
    scores = score_rankings({"q": {"a": 2, "b": 1, "c": 0}}, {"q": ["c", "b", "x", "a"]})["q"]
    ideal = 2 + 1 / math.log2(3)
    assert scores == {
        "recall@1": 0.0,
        "recall@5": 1.0,
        "recall@10": 1.0,
        "mrr": 0.5,
        "ndcg@10": pytest.approx((1 / math.log2(3) + 2 / math.log2(5)) / ideal, abs=1e-9),
    }


@pytest.mark.parametrize("line", (DATA / "ir_scores.jsonl").read_text("utf-8").splitlines())
def test_scores_are_those_of_another_library(line: str) -> None:
    """What ranx 0.3 gave for random rankings and judgements."""
    case = json.loads(line)
    scores = score_rankings({"q": case["grades"]}, {"q": case["ranking"]})["q"]
    assert scores == pytest.approx(case["scores"], abs=1e-9)


def test_what_stands_below_the_cut_counts_for_mrr_alone() -> None:
    ranking = [f"x{number}" for number in range(10)] + ["a"]
    scores = score_rankings({"q": {"a": 1}}, {"q": ranking})["q"]
    assert scores["recall@10"] == scores["ndcg@10"] == 0.0
    assert scores["mrr"] == pytest.approx(1 / 11)


def test_order_of_a_ranking_decides_and_not_the_names() -> None:
    for first, second in (("a", "z"), ("z", "a")):
        assert score_rankings({"q": {first: 1}}, {"q": [first, second]})["q"]["recall@1"] == 1.0
        assert score_rankings({"q": {second: 1}}, {"q": [first, second]})["q"]["mrr"] == 0.5


def test_judged_question_that_found_nothing_scores_0() -> None:
    scores = score_rankings({"q": {"a": 1}, "r": {"a": 1}}, {"q": []})
    assert set(scores["q"].values()) == set(scores["r"].values()) == {0.0}


def test_unjudged_questions_are_passed_over() -> None:
    assert score_rankings({}, {"q": ["a"]}) == {}


@pytest.mark.parametrize("name", ["\ud800", "a\0b", ""])
def test_any_name_can_be_scored(name: str) -> None:
    (scores,) = score_rankings({name: {name: 1, "x": 0}}, {name: ["x", name]}).values()
    assert scores["mrr"] == 0.5


names = st.sampled_from("abcdefghijklmnop")


@given(
    st.dictionaries(names, st.integers(0, 3), min_size=1), st.lists(names, unique=True, max_size=16)
)
def test_scores_stay_between_0_and_1_and_recall_grows(
    grades: dict[str, int], ranking: list[str]
) -> None:
    scores = score_rankings({"q": grades}, {"q": ranking})["q"]
    assert all(0.0 <= score <= 1.0 + 1e-12 for score in scores.values())
    assert scores["recall@1"] <= scores["recall@5"] <= scores["recall@10"]
    first = next((rank for rank, name in enumerate(ranking, 1) if grades.get(name)), math.inf)
    assert scores["mrr"] == pytest.approx(1 / first)


@given(st.permutations(sorted("abcdefgh")))
def test_best_order_has_the_best_ndcg(ranking: list[str]) -> None:
    grades = {"a": 3, "b": 2, "c": 1}
    best = score_rankings({"q": grades}, {"q": list("abcdefgh")})["q"]["ndcg@10"]
    assert best == pytest.approx(1.0)
    assert score_rankings({"q": grades}, {"q": ranking})["q"]["ndcg@10"] <= best + 1e-12
