"""The figures of an evaluation, each with its interval, and what ``evaluate --json`` writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from assistant.evaluation.intervals import Estimate, estimate_means, estimate_quantile
from assistant.evaluation.records import QuestionResult
from assistant.evaluation.scoring import Observations, observe_answer, observe_retrieval
from assistant.testsets.records import Qrels
from index.records import Retriever

_LATENCY_QUANTILES = {"latency_p50_ms": 0.5, "latency_p95_ms": 0.95}

Figures = Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A test set's results and every figure that they give.

    Attributes:
        settings: What the figures depend on, as in the JSON.
        metrics: Of answers, of the retrieval behind them, and latency; absent ones could not be
            measured.
        retrieval: The metrics of each retriever.
        speed: Questions answered in a second.
        scores: For each of the results, its mean of each of ``metrics``.
    """

    settings: Mapping[str, Any]
    metrics: Figures
    retrieval: Mapping[Retriever, Figures]
    speed: Figures
    results: tuple[QuestionResult, ...]
    scores: tuple[Mapping[str, float], ...]

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``evaluate --json`` writes."""
        return {
            "settings": dict(self.settings),
            "metrics": _figures_json(self.metrics),
            "retrieval": {
                retriever.value: _figures_json(figures)
                for retriever, figures in self.retrieval.items()
            },
            "speed": _figures_json(self.speed),
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
    observed = [dict(observe_answer(result)) for result in results]
    answered_from = retrieved.get(Retriever.HYBRID) or retrieved.get(Retriever.KEYWORDS, [])
    for seen, of_passages in zip(observed, answered_from, strict=False):
        seen.update(of_passages)
    units = [result.conversation for result in results]
    speed = _estimate([{"seconds": [result.seconds]} for result in results], units)["seconds"]
    return Evaluation(
        settings,
        _estimate(observed, units) | _latencies(results),
        {retriever: _estimate(seen, units) for retriever, seen in retrieved.items()},
        {"questions_per_second": Estimate(1 / speed.value, 1 / speed.high, 1 / speed.low)},
        tuple(results),
        tuple(
            {name: float(np.mean(seen)) for name, seen in all_.items() if seen} for all_ in observed
        ),
    )


def _estimate(observed: Sequence[Observations], units: Sequence[int]) -> dict[str, Estimate]:
    """Estimate every metric that was observed at all; a conversation is resampled whole."""
    names = list(dict.fromkeys(name for seen in observed for name in seen if seen[name]))
    columns = {name: column for column, name in enumerate(names)}
    sums = np.zeros((max(units) + 1, len(names)))
    counts = np.zeros_like(sums)
    for unit, seen in zip(units, observed, strict=True):
        for name, values in seen.items():
            if values:
                sums[unit, columns[name]] += sum(values)
                counts[unit, columns[name]] += len(values)
    return dict(zip(names, estimate_means(sums, counts), strict=True))


def _latencies(results: Sequence[QuestionResult]) -> dict[str, Estimate]:
    milliseconds = np.array([result.seconds for result in results]) * 1000
    return {
        name: estimate_quantile(milliseconds, quantile)
        for name, quantile in _LATENCY_QUANTILES.items()
    }


def _figures_json(figures: Figures) -> dict[str, Any]:
    return {name: asdict(estimate) for name, estimate in figures.items()}


def _question_json(result: QuestionResult, scores: Mapping[str, float]) -> dict[str, Any]:
    question, answer = result.question, result.answer
    citations = zip(answer.citations, result.exact_citations, strict=True) if answer else ()
    return {
        "id": question.id,
        "question": question.text,
        "kind": question.kind,
        "turn": result.turn,
        "answers": list(question.answers or ()),
        "answer": answer and answer.answer,
        "abstained": answer and answer.abstained,
        "confidence": answer and answer.confidence,
        "em": scores.get("em"),
        "f1": scores.get("f1"),
        "cause": None,
        "scores": dict(scores),
        "citations": [asdict(citation) | {"exact": exact} for citation, exact in citations],
    }
