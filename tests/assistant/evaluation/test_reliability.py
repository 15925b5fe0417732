from __future__ import annotations

import pytest

from assistant.evaluation.reliability import (
    Bin,
    Point,
    area_under_risk_coverage,
    coverage_and_error,
    expected_calibration_error,
    reliability,
    risk_coverage,
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


def test_risk_is_the_error_among_what_is_answered_from_a_confidence_on() -> None:
    assert risk_coverage([0.9, 0.5, 0.7, 0.5], [True, True, False, False]) == [
        Point(0.9, 0.25, 0.0),
        Point(0.7, 0.5, 0.5),
        Point(0.5, 1.0, 0.5),
    ]


def test_area_is_the_mean_risk_at_each_question_s_confidence() -> None:
    area = area_under_risk_coverage([0.9, 0.5, 0.7, 0.5], [True, True, False, False])
    assert area == pytest.approx((0.0 + 0.5 + 0.5 + 0.5) / 4)
    assert area_under_risk_coverage([0.9, 0.1], [False, False]) == 1.0
