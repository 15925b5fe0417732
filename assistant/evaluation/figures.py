"""What was observed of many questions → figures with their intervals."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation.intervals import Estimate, Observed, estimate_means, estimate_statistic
from assistant.evaluation.records import QuestionResult
from assistant.evaluation.reliability import (
    Bin,
    Point,
    area_under_risk_coverage,
    expected_calibration_error,
    reliability,
    risk_coverage,
)
from assistant.evaluation.scoring import Observations

Figures = Mapping[str, Estimate]

_LATENCY_QUANTILES = {"latency_p50_ms": 0.5, "latency_p95_ms": 0.95, "latency_p99_ms": 0.99}
_OF_A_GROUP = ("right", "em", "f1")
_POINTS = 100  # of a curve that is drawn
_QUESTION_WORD = re.compile(
    r"\b(who|whom|whose|when|where|why|how (?:many|much|long|often)|how|which|what)\b"
)
_SAME_KIND = {"whom": "who", "whose": "who", "how much": "how many"}


def estimate(observed: Sequence[Observations], units: Sequence[int]) -> dict[str, Estimate]:
    """Estimate every metric that was observed at all.

    Args:
        observed: What was, of each question.
        units: For each question, its conversation, which is resampled whole.
    """
    names = list(dict.fromkeys(name for seen in observed for name in seen if seen[name]))
    columns = {name: column for column, name in enumerate(names)}
    rows = {unit: row for row, unit in enumerate(sorted(set(units)))}
    sums = np.zeros((len(rows), len(names)))
    counts = np.zeros_like(sums)
    for unit, seen in zip(units, observed, strict=True):
        for name, values in seen.items():
            if values:
                sums[rows[unit], columns[name]] += sum(values)
                counts[rows[unit], columns[name]] += len(values)
    return dict(zip(names, estimate_means(sums, counts), strict=True))


def estimate_groups(
    observed: Sequence[Observations], units: Sequence[int], groups: Iterable[Hashable]
) -> dict[str, Figures]:
    """Estimate how often answers are right in each group, the largest group first.

    Args:
        observed: What was, of each question.
        units: For each question, its conversation.
        groups: For each question, its group; None for none.
    """
    members: dict[Hashable, list[int]] = {}
    for at, group in enumerate(groups):
        if group is not None and "right" in observed[at]:
            members.setdefault(group, []).append(at)
    return {
        str(group): estimate(
            [{name: observed[at][name] for name in _OF_A_GROUP} for at in inside],
            [units[at] for at in inside],
        )
        for group, inside in sorted(members.items(), key=lambda item: (-len(item[1]), item[0]))
    }


def kind_of(result: QuestionResult) -> str:
    """Return the kind that the test set gives a question, or else its first question word."""
    if result.question.kind:
        return result.question.kind
    word = _QUESTION_WORD.search(result.question.text.casefold())
    return _SAME_KIND.get(word[1], word[1]) if word else "other"


def latencies(results: Sequence[QuestionResult]) -> dict[str, Estimate]:
    """Estimate quantiles of the time that a question takes, in milliseconds."""
    milliseconds = np.array([[1000 * result.seconds] for result in results])
    units = [result.conversation for result in results]
    return {
        name: estimate_statistic(_quantile(quantile), milliseconds, units)
        for name, quantile in _LATENCY_QUANTILES.items()
    }


def _quantile(quantile: float) -> Callable[[Observed], float]:
    return lambda observed: float(np.quantile(observed, quantile))


class Sureness:
    """How confidences agree with what is right, had every question been answered.

    Args:
        results: Of a test set; those without answers to compare with tell nothing.
        observed: What was observed of each.
    """

    def __init__(self, results: Sequence[QuestionResult], observed: Sequence[Observations]) -> None:
        judged = [
            (result.answer.confidence, _is_right_if_answered(result, seen), result.conversation)
            for result, seen in zip(results, observed, strict=True)
            if result.answer and "right" in seen
        ]
        self._pairs = np.array([pair[:2] for pair in judged], np.float64).reshape(-1, 2)
        self._units = [pair[2] for pair in judged]

    def figures(self) -> dict[str, Estimate]:
        """Estimate the calibration error and the area under the risk-coverage curve."""
        if not self._units:
            return {}
        statistics = {"ece": _calibration_error, "aurc": _area}
        return {
            name: estimate_statistic(statistic, self._pairs, self._units, most=1.0)
            for name, statistic in statistics.items()
        }

    def curves(self) -> tuple[Sequence[Bin], Sequence[Point]]:
        """Return the reliability diagram's bins, and points of the risk-coverage curve."""
        if not self._units:
            return (), ()
        confidences, right = _columns(self._pairs)
        points = risk_coverage(confidences, right)
        kept = np.unique(np.linspace(0, len(points) - 1, _POINTS).astype(int))
        return reliability(confidences, right), [points[at] for at in kept]


def _is_right_if_answered(result: QuestionResult, seen: Observations) -> bool:
    """Tell whether the best answer is right; to what has no answer none is."""
    return bool(result.question.answers) and bool(seen.get("right_answerable", seen["right"])[0])


def _calibration_error(pairs: Observed) -> float:
    return expected_calibration_error(reliability(*_columns(pairs)))


def _area(pairs: Observed) -> float:
    return area_under_risk_coverage(*_columns(pairs))


def _columns(pairs: Observed) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    return pairs[:, 0], pairs[:, 1].astype(bool)
