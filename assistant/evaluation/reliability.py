"""How far confidences can be held to: calibration error, and error among what is answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = Sequence[float] | NDArray[np.float64]
Bools = Sequence[bool] | NDArray[np.bool_]

_BINS = 10  # of equal width


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of like confidence."""

    count: int
    confidence: float  # mean
    accuracy: float


def reliability(confidences: Floats, right: Bools) -> list[Bin]:
    """Return a reliability diagram's bins, those that hold something, by rising confidence."""
    given, hits = np.asarray(confidences, np.float64), np.asarray(right, np.float64)
    places = np.minimum((given * _BINS).astype(int), _BINS - 1)
    return [
        Bin(int(inside.sum()), float(given[inside].mean()), float(hits[inside].mean()))
        for inside in (places == place for place in range(_BINS))
        if inside.any()
    ]


def expected_calibration_error(bins: Sequence[Bin]) -> float:
    """Return the mean distance of confidence and accuracy, 0 to 1, over all questions.

    Source: Naeini, Cooper and Hauskrecht 2015, "Obtaining well calibrated probabilities using
    Bayesian binning".
    """
    total = sum(bin_.count for bin_ in bins)
    return sum(bin_.count * abs(bin_.confidence - bin_.accuracy) for bin_ in bins) / total


@dataclass(frozen=True, slots=True)
class Point:
    """Of a risk-coverage curve: what answering from a confidence on gives."""

    threshold: float  # of confidence
    coverage: float  # share of the questions that is answered
    risk: float  # share of the answers that is wrong


def risk_coverage(confidences: Floats, right: Bools) -> list[Point]:
    """Return the risk-coverage curve by falling threshold, equal confidences answered together.

    Source: El-Yaniv and Wiener 2010, "On the foundations of noise-free selective classification".
    """
    given, hits = np.asarray(confidences, np.float64), np.asarray(right, bool)
    thresholds, wrong, answered = count_errors(given, hits)
    columns = (thresholds, answered / len(given), wrong / answered)
    return [Point(*point) for point in zip(*(c.tolist() for c in columns), strict=True)]


def area_under_risk_coverage(confidences: Floats, right: Bools) -> float:
    """Return the mean risk, 0 to 1, at the confidence of each question; lower is better.

    Source: Geifman, Uziel and El-Yaniv 2019, "Bias-reduced uncertainty estimation for deep neural
    classifiers".
    """
    given, hits = np.asarray(confidences, np.float64), np.asarray(right, bool)
    _, wrong, answered = count_errors(given, hits)
    return float(np.diff(answered, prepend=0) @ (wrong / answered) / len(given))


def count_errors(
    confidences: NDArray[np.float64], right: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Return each confidence, falling; how many of those from it on are wrong, and how many are."""
    order = np.argsort(-confidences, kind="stable")
    falling, wrong = confidences[order], np.cumsum(~right[order], dtype=np.int64)
    # Only where the next one differs: equal confidences are answered all or none.
    ends = np.flatnonzero(np.append(np.diff(falling) != 0, True))
    return falling[ends], wrong[ends], (ends + 1).astype(np.int64)


def coverage_and_error(answered: Bools, right: Bools) -> tuple[float, float]:
    """Return the share of questions that is answered, and the share of the answers that is wrong.

    The error of no answers is 0.
    """
    given = np.asarray(answered, bool)
    wrong = given & ~np.asarray(right, bool)
    return float(given.mean()), float(wrong.sum() / max(1, given.sum()))
