from __future__ import annotations

import pytest

from assistant.evaluation.reliability import (
    Bin,
    coverage_and_error,
    expected_calibration_error,
    reliability,
)

CONFIDENCES = [0.05, 0.15, 0.15, 0.95, 1.0]
RIGHT = [False, True, False, True, True]


def test_bins_hold_questions_of_like_confidence() -> None:
    first, second, last = reliability(CONFIDENCES, RIGHT)
    assert first == Bin(1, 0.05, 0.0)
    assert second == Bin(2, 0.15, 0.5)
    assert (last.count, last.accuracy) == (2, 1.0)
    assert last.confidence == pytest.approx(0.975)


def test_calibration_error_is_the_mean_gap_over_questions() -> None:
    error = expected_calibration_error(reliability(CONFIDENCES, RIGHT))
    assert error == pytest.approx((1 * 0.05 + 2 * 0.35 + 2 * 0.025) / 5)


def test_coverage_counts_the_answered_and_error_the_wrong_among_them() -> None:
    assert coverage_and_error([c > 0.1 for c in CONFIDENCES], RIGHT) == (0.8, 0.25)
    assert coverage_and_error([False] * 5, RIGHT) == (0.0, 0.0)
