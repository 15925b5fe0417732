from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest

from assistant.evaluation.records import Found, QuestionResult
from assistant.evaluation.results import summarise
from assistant.records import Answer, Citation, Mode, Reason
from assistant.testsets.records import GoldQuestion
from index.records import Retriever

QRELS = {"signed": {"act": 1}, "when": {"act": 1}}


def answered(text: str, *citations: Citation) -> Answer:
    return Answer(
        question="",
        understood_as="",
        answer=text,
        abstained=not text,
        reason=None if text else Reason.NOT_ANSWERED,
        confidence=0.5,
        mode=Mode.HYBRID,
        citations=citations,
        alternatives=(),
        passages=(),
        generation=1,
        timings_ms={},
    )


def citation(quote: str) -> Citation:
    return Citation(
        1, "d", "Act", "act.txt", "f", None, (), quote, quote, ((0, 5),), "s", ((0, 5),),
        "/d", None, "1970-01-01T00:00:00+00:00",
    )  # fmt: skip


def found(*documents: str, holds: str = "", place: str = "") -> Found:
    """Return what was found; ``holds`` and ``place`` mark passages with "x", the rest with "."."""
    return Found(documents, tuple(mark == "x" for mark in holds), tuple(m == "x" for m in place))


@pytest.fixture
def results() -> list[QuestionResult]:
    """A conversation of two turns, an unanswerable question, and an answerable one declined."""
    nothing = dict.fromkeys(Retriever, Found((), (), ()))
    return [
        QuestionResult(
            GoldQuestion("signed", "Where was it signed?", ("Paris",), "act"),
            answer=answered("in Paris", citation("in Paris")),
            best_answer="in Paris",
            exact_citations=(True,),
            found={
                Retriever.DENSE: found("x", "y", holds="..", place=".."),
                Retriever.KEYWORDS: found("act", holds="x", place="x"),
                Retriever.HYBRID: found("x", "act", holds="xx", place=".x"),
            },
            seconds=0.010,
        ),
        QuestionResult(
            GoldQuestion("when", "When?", ("27 May 1997", "1997"), "act"),
            turn=2,
            answer=answered("1997; 1998", citation("1997"), citation("1998")),
            best_answer="1997; 1998",
            exact_citations=(True, False),
            found=nothing,
            seconds=0.030,
        ),
        QuestionResult(
            GoldQuestion("refused", "Who refused?", ()),
            conversation=1,
            answer=answered(""),
            found=nothing,
            seconds=0.020,
        ),
        QuestionResult(
            GoldQuestion("why", "Why?", ("peace",)),
            conversation=2,
            answer=answered(""),
            best_answer="peace",
            found=nothing,
            seconds=0.040,
        ),
    ]


def values(figures: dict[str, Any]) -> dict[str, float]:
    return {name: estimate["value"] for name, estimate in figures.items()}


def test_metrics_are_means_over_what_can_give_them(results: list[QuestionResult]) -> None:
    metrics = values(summarise(results, QRELS, {}).as_json()["metrics"])
    assert metrics == {
        "em": pytest.approx((0 + 0 + 1 + 0) / 4),
        "f1": pytest.approx((2 / 3 + 2 / 3 + 1 + 0) / 4),
        "right": pytest.approx(3 / 4),
        "answer_contained": pytest.approx((1 + 1 + 1 + 0) / 4),
        "em_answerable": pytest.approx((0 + 0 + 1) / 3),
        "f1_answerable": pytest.approx((2 / 3 + 2 / 3 + 1) / 3),
        "right_answerable": 1.0,
        "later_turns_em": 0.0,
        "later_turns_f1": pytest.approx(2 / 3),
        "later_turns_right": 1.0,
        "citation_exact": pytest.approx(2 / 3),
        "recall@1": 0.0,
        "recall@5": 0.5,
        "recall@10": 0.5,
        "mrr": pytest.approx((1 / 2 + 0) / 2),
        "ndcg@10": pytest.approx((1 / math.log2(3) + 0) / 2),
        "passage_recall@1": 0.0,
        "passage_recall@5": 0.5,
        "passage_recall@10": 0.5,
        "answer_recall@1": pytest.approx(1 / 3),
        "answer_recall@5": pytest.approx(1 / 3),
        "answer_recall@10": pytest.approx(1 / 3),
        "latency_p50_ms": pytest.approx(25.0),
        "abstention_precision": 0.5,
        "abstention_recall": 1.0,
        "ece": pytest.approx(0.25),
        "aurc": pytest.approx(0.25),
        "latency_p95_ms": pytest.approx(38.5),
        "latency_p99_ms": pytest.approx(39.7),
    }


def test_every_retriever_is_scored(results: list[QuestionResult]) -> None:
    retrieval = summarise(results, QRELS, {}).as_json()["retrieval"]
    assert set(retrieval) == {"dense", "keywords", "hybrid"}
    assert values(retrieval["dense"])["mrr"] == 0.0
    assert values(retrieval["keywords"])["mrr"] == 0.5
    assert values(retrieval["keywords"])["passage_recall@1"] == 0.5
    assert values(retrieval["hybrid"])["ndcg@10"] == pytest.approx(0.5 / math.log2(3))


def test_retrieval_behind_the_answers_is_that_of_keywords_where_nothing_else_was_searched(
    results: list[QuestionResult],
) -> None:
    by_keywords = [
        replace(result, found={Retriever.KEYWORDS: result.found[Retriever.KEYWORDS]})
        for result in results
    ]
    report = summarise(by_keywords, QRELS, {}).as_json()
    assert set(report["retrieval"]) == {"keywords"}
    metrics = values(report["metrics"])
    assert metrics["mrr"] == metrics["recall@1"] == metrics["passage_recall@1"] == 0.5
    assert report["questions"][0]["scores"]["mrr"] == 1.0


def test_every_figure_lies_in_its_interval(results: list[QuestionResult]) -> None:
    report = summarise(results, QRELS, {}).as_json()
    for figures in (report["metrics"], report["speed"], *report["retrieval"].values()):
        for estimate in figures.values():
            assert estimate["low"] <= estimate["value"] <= estimate["high"]
    assert values(report["speed"])["questions_per_second"] == pytest.approx(4 / 0.1)


def test_order_of_questions_changes_no_value(results: list[QuestionResult]) -> None:
    backwards = list(reversed(results))
    assert values(summarise(backwards, QRELS, {}).as_json()["metrics"]) == pytest.approx(
        values(summarise(results, QRELS, {}).as_json()["metrics"])
    )


def test_turns_are_in_their_order(results: list[QuestionResult]) -> None:
    turns = [replace(results[0], turn=turn) for turn in (10, 2, 1)]
    assert list(summarise(turns, {}, {}).as_json()["by_turn"]) == ["1", "2", "10"]


def test_abstention_is_scored_question_by_question(results: list[QuestionResult]) -> None:
    asked = summarise(results, QRELS, {}).as_json()["questions"]
    assert [each["scores"].get("abstention_recall") for each in asked] == [None, None, 1.0, None]
    assert [each["scores"].get("abstention_precision") for each in asked] == [None, None, 1.0, 0.0]


def test_questions_carry_their_scores_and_citations(results: list[QuestionResult]) -> None:
    report = summarise(results, QRELS, {"oracle": False}).as_json()
    first, second, third, _ = report["questions"]
    assert report["settings"] == {"oracle": False}
    assert (first["id"], first["em"], first["f1"]) == ("signed", 0.0, pytest.approx(2 / 3))
    assert (first["answer"], first["answers"], first["cause"]) == ("in Paris", ["Paris"], None)
    assert first["scores"]["mrr"] == 0.5
    assert [citation["exact"] for citation in second["citations"]] == [True, False]
    assert second["scores"]["citation_exact"] == 0.5
    assert (third["abstained"], third["answer"], third["em"]) == (True, "", 1.0)
    assert json.dumps(report, allow_nan=False)


def test_what_a_test_set_cannot_give_is_absent(results: list[QuestionResult]) -> None:
    only = [replace(results[0], best_answer=None, exact_citations=(), found={})]
    only = [replace(only[0], answer=answered("Paris"))]
    report = summarise(only, {}, {}).as_json()
    assert set(report["metrics"]) == {
        "right",
        "em",
        "f1",
        "answer_contained",
        "ece",
        "aurc",
        "latency_p50_ms",
        "latency_p95_ms",
        "latency_p99_ms",
    }
    assert report["retrieval"] == {}


def test_retrieval_alone_has_no_answers(results: list[QuestionResult]) -> None:
    query = QuestionResult(
        GoldQuestion("signed", "signing the act", None), found=results[0].found, seconds=0.01
    )
    report = summarise([query], QRELS, {}).as_json()
    assert set(report["metrics"]) == {
        "recall@1",
        "recall@5",
        "recall@10",
        "mrr",
        "ndcg@10",
        "latency_p50_ms",
        "latency_p95_ms",
        "latency_p99_ms",
    }
    assert report["questions"][0]["answer"] is None
    assert report["questions"][0]["em"] is None
