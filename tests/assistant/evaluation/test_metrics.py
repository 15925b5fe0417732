from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.metrics import answer_contained, exact_match, f1, is_right, normalise

DATA = Path(__file__).parents[2] / "data"
words = st.lists(st.sampled_from(["the", "NATO", "summit,", "of", "2008", "An", "—", "Act"]))
texts = words.map(" ".join)


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("The  NATO-Russia\tCouncil.", "natorussia council"),
        ("an act of a Theory", "act of theory"),
        ("“quoted” — U.S.", "“quoted” — us"),
        ("A.", ""),
        ("the-end", "theend"),
        ("O'Neill's an-other", "oneills another"),
    ],
)
def test_normalisation_is_squads(text: str, normalised: str) -> None:
    assert normalise(text) == normalised


@pytest.mark.parametrize("line", (DATA / "squad_scores.jsonl").read_text("utf-8").splitlines())
def test_scores_are_those_of_squads_own_evaluation(line: str) -> None:
    """What the evaluation script for SQuAD 2.0 gave for made-up answers and for some of ours."""
    case = json.loads(line)
    assert exact_match(case["answer"], case["golds"]) == case["em"]
    assert f1(case["answer"], case["golds"]) == pytest.approx(case["f1"], abs=1e-9)


def test_exact_match_takes_the_best_gold_answer() -> None:
    assert exact_match("The Founding Act!", ["an act", "founding act"]) == 1.0
    assert exact_match("Founding Act of 1997", ["an act", "founding act"]) == 0.0


def test_f1_is_the_harmonic_mean_over_the_bag_of_tokens() -> None:
    # 2 of 4 tokens answered, 2 of 3 gold tokens found: 2·(1/2)·(2/3) / (1/2 + 2/3) = 4/7
    assert f1("in May 1997 Paris", ["27 May 1997"]) == pytest.approx(4 / 7)
    # a token counts as often as both hold it: 2 of 3 and 2 of 2
    assert f1("one one one", ["one one"]) == pytest.approx(0.8)
    assert f1("in May 1997 Paris", ["27 May 1997", "Paris"]) == pytest.approx(4 / 7)


def test_answer_without_shared_tokens_has_no_f1() -> None:
    assert f1("Berlin", ["Paris"]) == 0.0


def test_rounding_makes_no_answer_wrong() -> None:
    answer, gold = " ".join("x" * 9 + "bcde"), " ".join("x" * 9 + "fghijklm")
    assert f1(answer, [gold]) < 18 / (13 + 17) == 0.6
    assert is_right(answer, [gold])


def test_abstention_is_right_on_unanswerable_questions_alone() -> None:
    for metric in (exact_match, f1, answer_contained):
        assert metric("", []) == 1.0
        assert metric("Paris", []) == 0.0
        assert metric("", ["Paris"]) == 0.0


def test_gold_answers_of_articles_alone_are_passed_over() -> None:
    assert exact_match("Paris", ["the", "Paris"]) == 1.0
    assert exact_match("", ["the", "Paris"]) == 0.0
    assert f1("", ["the"]) == 1.0


def test_answer_contains_gold_token_for_token() -> None:
    assert answer_contained("It was signed in Paris, on 27 May 1997.", ["the 27 May"]) == 1.0
    assert answer_contained("It was signed in Parisian style", ["Paris"]) == 0.0
    assert answer_contained("27 May", ["27 May 1997"]) == 0.0


@given(texts, st.lists(texts))
def test_scores_stay_between_0_and_1_in_their_order(answer: str, golds: list[str]) -> None:
    assert 0.0 <= exact_match(answer, golds) <= f1(answer, golds) <= 1.0
    assert exact_match(answer, golds) <= answer_contained(answer, golds) <= 1.0


@given(texts, st.lists(texts))
def test_order_of_gold_answers_does_not_matter(answer: str, golds: list[str]) -> None:
    shuffled = sorted(golds)
    for metric in (exact_match, f1, answer_contained):
        assert metric(answer, golds) == metric(answer, shuffled)


@given(words, texts)
def test_order_of_tokens_does_not_change_f1(answer: list[str], gold: str) -> None:
    assert f1(" ".join(answer), [gold]) == f1(" ".join(reversed(answer)), [gold])


@given(texts)
def test_every_gold_answer_scores_1_against_itself(text: str) -> None:
    assert exact_match(text, [text]) == f1(text, [text]) == answer_contained(text, [text]) == 1.0
