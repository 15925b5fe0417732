"""The figures of an evaluation, each with its interval, and what ``evaluate --json`` writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import Any

import numpy as np

from assistant.evaluation.causes import Cause
from assistant.evaluation.figures import (
    Figures,
    Sureness,
    estimate,
    estimate_groups,
    kind_of,
    latencies,
)
from assistant.evaluation.intervals import Estimate
from assistant.evaluation.records import QuestionResult
from assistant.evaluation.reliability import Bin, Point
from assistant.evaluation.scoring import (
    Observations,
    observe_abstention,
    observe_answer,
    observe_retrieval,
)
from assistant.testsets.records import Qrels
from index.records import Retriever

VERSION = 1  # of the JSON


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A test set's results and every figure that they give.

    Attributes:
        settings: What the figures depend on, as in the JSON.
        metrics: Of answers, of the retrieval behind them, and latency; absent ones could not be
            measured.
        retrieval: The metrics of each retriever.
        speed: Questions answered in a second.
        groups: Of ``by_kind``, ``by_document`` and ``by_turn``, each group's figures.
        reliability: The bins of a reliability diagram.
        risk_coverage: Points of the curve, by falling threshold.
        causes: Of how many misses each is.
        results: Of the questions.
        scores: For each of the results, its mean of each metric of answers, abstention and
            retrieval.
    """

    settings: Mapping[str, Any]
    metrics: Figures
    retrieval: Mapping[Retriever, Figures]
    speed: Figures
    groups: Mapping[str, Mapping[str, Figures]]
    reliability: Sequence[Bin]
    risk_coverage: Sequence[Point]
    causes: Mapping[Cause, int]
    results: tuple[QuestionResult, ...]
    scores: tuple[Mapping[str, float], ...]

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``evaluate --json`` writes."""
        return {
            "version": VERSION,
            "settings": dict(self.settings),
            "metrics": _figures_json(self.metrics),
            "retrieval": _groups_json(self.retrieval),
            "speed": _figures_json(self.speed),
            **{name: _groups_json(groups) for name, groups in self.groups.items()},
            "curves": {
                "reliability": [asdict(bin_) for bin_ in self.reliability],
                "risk_coverage": [asdict(point) for point in self.risk_coverage],
            },
            "causes": dict(self.causes),
            "questions": [
                _question_json(result, scores)
                for result, scores in zip(self.results, self.scores, strict=True)
            ],
        }


def summarise(
    results: Sequence[QuestionResult], qrels: Qrels, settings: Mapping[str, Any]
) -> Evaluation:
    """Work out every figure that the results give.

    Args:
        results: At least one, as the test set was run.
        qrels: Judgements by question and document name; empty leaves out what needs them.
        settings: What the figures depend on; kept as it is.
    """
    retrieved = {
        retriever: observe_retrieval(results, qrels, retriever)
        for retriever in Retriever
        if any(retriever in result.found for result in results)
    }
    observed = _observe(results, retrieved)
    units = [result.conversation for result in results]
    speed = estimate([{"seconds": [result.seconds]} for result in results], units)["seconds"]
    sureness = Sureness(results, observed)
    bins, points = sureness.curves()
    return Evaluation(
        settings,
        {
            **estimate(observed, units),
            **sureness.figures(),
            **latencies(results),
        },
        {retriever: estimate(seen, units) for retriever, seen in retrieved.items()},
        {"questions_per_second": Estimate(1 / speed.value, 1 / speed.high, 1 / speed.low)},
        _groups(results, observed, units),
        bins,
        points,
        _count_causes(results),
        tuple(results),
        tuple(
            {name: float(np.mean(seen)) for name, seen in all_.items() if seen} for all_ in observed
        ),
    )


def _observe(
    results: Sequence[QuestionResult], retrieved: Mapping[Retriever, Sequence[Observations]]
) -> list[Observations]:
    """Return what was observed of each question: its answer, and the retrieval behind it."""
    declines = any(result.question.answers == () for result in results)
    nothing: list[Observations] = [{}] * len(results)
    answered_from = retrieved.get(Retriever.HYBRID) or retrieved.get(Retriever.KEYWORDS, nothing)
    return [
        {**observe_answer(result), **(observe_abstention(result) if declines else {}), **found}
        for result, found in zip(results, answered_from, strict=True)
    ]


def _groups(
    results: Sequence[QuestionResult], observed: Sequence[Observations], units: Sequence[int]
) -> dict[str, Mapping[str, Figures]]:
    """Return the figures of each kind of question, gold document and turn, where there are any."""
    names: dict[str, Iterable[Hashable]] = {
        "by_kind": map(kind_of, results),
        "by_document": (result.question.document for result in results),
    }
    if any(result.turn > 1 for result in results):
        names["by_turn"] = (result.turn for result in results)
    groups = {name: estimate_groups(observed, units, of_each) for name, of_each in names.items()}
    return {name: figures for name, figures in groups.items() if figures}


def _count_causes(results: Sequence[QuestionResult]) -> dict[Cause, int]:
    counts = Counter(result.cause for result in results)
    return {cause: counts[cause] for cause in Cause if counts[cause]}


def _figures_json(figures: Figures) -> dict[str, Any]:
    return {name: asdict(estimate) for name, estimate in figures.items()}


def _groups_json(groups: Mapping[Any, Figures]) -> dict[str, Any]:
    return {str(name): _figures_json(figures) for name, figures in groups.items()}


def _question_json(result: QuestionResult, scores: Mapping[str, float]) -> dict[str, Any]:
    question = result.question
    return {
        "id": question.id,
        "question": question.text,
        "kind": kind_of(result),
        "document": question.document,
        "conversation": result.conversation,
        "turn": result.turn,
        "answers": list(question.answers or ()),
        **_answer_json(result),
        "right": scores["right"] == 1.0 if "right" in scores else None,
        "em": scores.get("em"),
        "f1": scores.get("f1"),
        "cause": result.cause,
        "scores": dict(scores),
        "seconds": result.seconds,
        "passages": _passages_json(result) if result.cause else [],
    }


def _answer_json(result: QuestionResult) -> dict[str, Any]:
    answer = result.answer
    citations = zip(answer.citations, result.exact_citations, strict=True) if answer else ()
    return {
        "understood_as": answer and answer.understood_as,
        "answer": answer and answer.answer,
        "best_answer": result.best_answer,
        "abstained": answer and answer.abstained,
        "reason": answer and answer.reason,
        "confidence": answer and answer.confidence,
        "citations": [asdict(citation) | {"exact": exact} for citation, exact in citations],
    }


def _passages_json(result: QuestionResult) -> list[dict[str, Any]]:
    """Return the first passages that were found, and whether a gold answer stands in them."""
    shown = result.answer.passages if result.answer else ()
    found = result.found.get(Retriever.HYBRID) or result.found.get(Retriever.KEYWORDS)
    holds_answer = found.holds_answer[: len(shown)] if found else ()
    return [
        {
            "title": passage.title,
            "path": passage.path,
            "page": passage.page,
            "text": passage.text,
            "rank": passage.rank,
            "holds_answer": holds,
        }
        for passage, holds in zip_longest(shown, holds_answer)
    ]
