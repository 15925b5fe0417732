from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from assistant.evaluation.comparable import ComparableRun, comparable
from assistant.evaluation.comparing import Change, Comparison, SettingChange, compare
from assistant.evaluation.intervals import Estimate
from index.errors import ConfigurationError


def asked(id_: str, **changes: Any) -> dict[str, Any]:
    """Return a question that was answered right; the id's number is its conversation."""
    return {
        "id": id_,
        "question": f"What is {id_}?",
        "answers": ["gold"],
        "conversation": int("".join(filter(str.isdigit, id_))),
        "answer": "gold",
        "right": True,
        "cause": None,
        "scores": {"em": 1.0},
        "seconds": 0.1,
    } | changes


def missed(id_: str, **changes: Any) -> dict[str, Any]:
    wrong = {"answer": "other", "right": False, "cause": "other_span", "scores": {"em": 0.0}}
    return asked(id_, **(wrong | changes))


def run(*questions: dict[str, Any], **settings: Any) -> ComparableRun:
    return comparable({"version": 1, "settings": settings, "questions": list(questions)})


def metrics(given: Comparison) -> dict[str, Any]:
    of_metrics: dict[str, Any] = given.as_json()["metrics"]
    return of_metrics


def test_run_compared_with_itself_does_not_differ() -> None:
    same = run(asked("q1"), missed("q2"), missed("q3", scores={"em": 0.0, "f1": 1 / 3}), mode="x")
    given = compare(same, same)
    assert {(d.difference, d.p, d.wins, d.losses) for d in given.metrics} == {
        (Estimate(0.0, 0.0, 0.0), 1.0, 0, 0)
    }
    assert [(d.metric, d.ties) for d in given.metrics] == [("em", 3), ("latency_ms", 3), ("f1", 1)]
    assert given.shared == 3
    assert not any(
        (given.gained, given.lost, given.only_now, given.only_before, given.changed, given.settings)
    )


def test_metrics_are_means_over_the_questions_that_have_them_in_both_runs() -> None:
    now = run(
        asked("q1", scores={"em": 1.0, "f1": 1.0}, seconds=0.2),
        asked("q2", scores={"em": 1.0, "mrr": 0.5}, seconds=0.1),
        missed("q3", scores={"em": 0.0, "f1": 0.5}, seconds=0.3),
        asked("q4", scores={"em": 1.0, "f1": 0.0, "later": 1.0}, seconds=0.4),
    )
    before = run(
        missed("q1", scores={"em": 0.0, "f1": 0.5}, seconds=0.4),
        missed("q2", scores={"em": 0.0, "mrr": 0.5}, seconds=0.1),
        asked("q3", scores={"em": 1.0, "f1": 0.75}, seconds=0.1),
        missed("q4", scores={"em": 0.0}, seconds=0.5),
    )
    by_metric = metrics(compare(now, before))
    assert list(by_metric) == ["em", "f1", "latency_ms", "mrr"]
    em = by_metric["em"]
    assert (em["now"], em["before"], em["difference"]["value"]) == (0.75, 0.25, 0.5)
    assert (em["wins"], em["losses"], em["ties"]) == (3, 1, 0)
    assert em["p"] == 10 / 16  # |±1 ±1 ±1 ±1| is at least 2
    assert em["difference"]["low"] < 0.5 < em["difference"]["high"]
    f1 = by_metric["f1"]
    assert (f1["now"], f1["before"], f1["difference"]["value"]) == (0.75, 0.625, 0.125)
    assert (f1["wins"], f1["losses"], f1["ties"], f1["p"]) == (1, 1, 0, 1.0)
    assert (by_metric["mrr"]["now"], by_metric["mrr"]["ties"]) == (0.5, 1)


def test_a_shorter_wait_wins() -> None:
    now, before = run(asked("q1", seconds=0.1)), run(asked("q1", seconds=0.3))
    latency = metrics(compare(now, before))["latency_ms"]
    assert latency["difference"]["value"] == pytest.approx(-200)
    assert (latency["wins"], latency["losses"]) == (1, 0)


def test_turns_of_a_conversation_are_swapped_together() -> None:
    alone = [compare(run(asked("q1"), asked("q2")), run(missed("q1"), missed("q2")))]
    together = compare(run(asked("q1"), asked("c1")), run(missed("q1"), missed("c1")))
    assert metrics(alone[0])["em"]["p"] == 2 / 4
    assert metrics(together)["em"]["p"] == 1.0
    assert metrics(together)["em"]["wins"] == 2


def test_one_per_cent_of_10000_questions_is_told_apart() -> None:
    drawn = np.random.default_rng(3).random(10_000)
    now = [asked(f"q{n}") if p < 0.7 or p > 0.96 else missed(f"q{n}") for n, p in enumerate(drawn)]
    before = [asked(f"q{n}") if p < 0.73 else missed(f"q{n}") for n, p in enumerate(drawn)]
    em = metrics(compare(run(*now), run(*before)))["em"]
    assert em["difference"]["value"] == pytest.approx(0.01, abs=0.005)
    assert em["difference"]["low"] > 0
    assert em["p"] < 0.01


def test_questions_gained_and_lost_are_told_with_both_answers_and_causes() -> None:
    now = run(
        asked("q1"),
        missed("q2", answer="", cause="abstained"),
        asked("q3"),
        missed("q4"),
        asked("q5"),
    )
    before = run(missed("q1"), asked("q2"), asked("q3"), missed("q4"), missed("q5", right=None))
    given = compare(now, before)
    assert given.gained == (
        Change("q1", "What is q1?", ("gold",), "other", "gold", "other_span", None),
    )
    assert given.lost == (Change("q2", "What is q2?", ("gold",), "gold", "", None, "abstained"),)


def test_only_questions_with_the_same_gold_are_compared() -> None:
    now = run(
        asked("q1", answers=["gold", "silver"]),
        asked("q2", answers=["golden"]),
        asked("q3", question="Who?"),
        asked("q4", document="b.txt"),
        asked("q5"),
    )
    before = run(
        missed("q6"),
        missed("q4", document="a.txt"),
        missed("q3"),
        missed("q2"),
        missed("q1", answers=["silver", "gold"]),
    )
    given = compare(now, before)
    assert given.shared == 1
    assert [change.id for change in given.gained] == ["q1"]
    assert given.changed == ("q2", "q3", "q4")
    assert (given.only_now, given.only_before) == (("q5",), ("q6",))
    assert metrics(given)["em"]["wins"] == 1


def test_runs_without_a_question_in_common_are_not_compared() -> None:
    with pytest.raises(ConfigurationError, match=r"over dev\.jsonl, shares no question"):
        compare(run(asked("q1")), run(asked("q2"), test_set="dev.jsonl"))


def test_settings_that_differ_are_told_and_when_a_run_started_is_none() -> None:
    now = run(asked("q1"), mode="hybrid", max_error=0.1, reader="b", started_at="2026-02-02")
    before = run(asked("q1"), mode="hybrid", max_error=None, seed=1, started_at="2026-01-01")
    assert compare(now, before).settings == (
        SettingChange("max_error", None, 0.1),
        SettingChange("reader", None, "b"),
        SettingChange("seed", 1, None),
    )


def test_comparison_is_written_as_json() -> None:
    now, before = run(asked("q1"), asked("q2"), a=1), run(missed("q1"), asked("q2"), asked("q3"))
    written = compare(now, before).as_json()
    assert json.loads(json.dumps(written, allow_nan=False)) == {
        "shared": 2,
        "metrics": {
            "em": {
                "now": 1.0,
                "before": 0.5,
                "difference": written["metrics"]["em"]["difference"],
                "p": 1.0,
                "wins": 1,
                "losses": 0,
                "ties": 1,
            },
            "latency_ms": {
                "now": 100.0,
                "before": 100.0,
                "difference": {"value": 0.0, "low": 0.0, "high": 0.0},
                "p": 1.0,
                "wins": 0,
                "losses": 0,
                "ties": 2,
            },
        },
        "gained": [
            {
                "id": "q1",
                "question": "What is q1?",
                "answers": ["gold"],
                "answer_before": "other",
                "answer_now": "gold",
                "cause_before": "other_span",
                "cause_now": None,
            }
        ],
        "lost": [],
        "only_now": [],
        "only_before": ["q3"],
        "changed": [],
        "settings": [{"name": "a", "before": None, "now": 1}],
        "not_compared": [],
    }


def test_abstention_is_compared_where_it_says_something() -> None:
    def unanswerable(recall: float, **precision: float) -> dict[str, Any]:
        return asked("q1", answers=[], scores={"abstention_recall": recall, **precision})

    declined = unanswerable(1.0, abstention_precision=1.0)
    by_metric = metrics(compare(run(declined), run(unanswerable(0.0))))
    assert (by_metric["abstention_recall"]["now"], by_metric["abstention_recall"]["wins"]) == (1, 1)
    # The precision of what was declined in both runs can never differ.
    assert "abstention_precision" not in metrics(compare(run(declined), run(declined)))


def test_figures_that_are_not_compared_are_named() -> None:
    written = {
        "version": 1,
        "settings": {},
        "questions": [asked("q1")],
        "metrics": {"em": {}, "ece": {}, "latency_p50_ms": {}},
        "speed": {"questions_per_second": {}},
        "retrieval": {"dense": {}, "keywords": {}, "hybrid": {}},
    }
    assert compare(comparable(written), run(asked("q1"))).not_compared == (
        "ece", "latency_p50_ms", "questions_per_second",
        "retrieval by dense", "retrieval by keywords",
    )  # fmt: skip
    written["retrieval"] = {"keywords": {}}
    assert (
        "retrieval by keywords" not in compare(comparable(written), run(asked("q1"))).not_compared
    )
