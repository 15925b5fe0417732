"""How far confidences can be held to: calibration error, and error among what is answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_BINS = 10  # of equal width


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of like confidence."""

    count: int
    confidence: float  # mean
    accuracy: float


def reliability(confidences: Sequence[float], right: Sequence[bool]) -> list[Bin]:
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


def coverage_and_error(answered: Sequence[bool], right: Sequence[bool]) -> tuple[float, float]:
    """Return the share of questions that is answered, and the share of the answers that is wrong.

    The error of no answers is 0.
    """
    given = np.asarray(answered, bool)
    wrong = given & ~np.asarray(right, bool)
    return float(given.mean()), float(wrong.sum() / max(1, given.sum()))
