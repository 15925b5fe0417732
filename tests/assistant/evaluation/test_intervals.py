from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from assistant.evaluation import intervals
from assistant.evaluation.intervals import Estimate, Observed, estimate_means, estimate_statistic
from assistant.evaluation.reliability import expected_calibration_error, reliability


def test_mean_is_over_observations_and_not_over_units() -> None:
    sums, counts = np.array([[3.0], [1.0], [0.0]]), np.array([[3.0], [1.0], [0.0]])
    assert estimate_means(sums, counts) == [Estimate(1.0, 1.0, 1.0)]
    sums = np.array([[1.0], [1.0], [0.0]])
    (estimate,) = estimate_means(sums, counts)
    assert estimate.value == pytest.approx(2 / 4)


def test_single_unit_has_an_interval_without_width() -> None:
    estimate = estimate_means(np.array([[0.5], [0.0]]), np.array([[1.0], [0.0]]))[0]
    assert estimate == Estimate(0.5, 0.5, 0.5)


def test_interval_agrees_with_scipys_for_many_questions() -> None:
    values = np.random.default_rng(1).beta(2, 1, 2000)
    expected = stats.bootstrap(
        (values,), np.mean, method="percentile", n_resamples=2000, random_state=3
    ).confidence_interval
    (estimate,) = estimate_means(values[:, None], np.ones((2000, 1)), resamples=2000)
    width = expected.high - expected.low
    assert estimate.low == pytest.approx(expected.low, abs=0.05 * width)
    assert estimate.high == pytest.approx(expected.high, abs=0.05 * width)


@pytest.mark.parametrize("questions", [20, 40, 200])
def test_interval_covers_the_truth_about_19_times_in_20(questions: int) -> None:
    values = np.random.default_rng(4).beta(0.5, 0.3, (questions, 2000))  # like F1: mostly 0 or 1
    truth = 0.5 / (0.5 + 0.3)
    estimates = estimate_means(values, np.ones_like(values))
    covered = np.mean([estimate.low <= truth <= estimate.high for estimate in estimates])
    assert 0.93 <= covered <= 0.97


def test_order_of_metrics_changes_nothing() -> None:
    values = np.random.default_rng(5).random((30, 4))
    counts = np.ones_like(values)
    assert estimate_means(values[:, ::-1], counts) == estimate_means(values, counts)[::-1]


def median(observed: Observed) -> float:
    return float(np.median(observed))


def test_quantile_of_latencies_lies_in_its_interval() -> None:
    values = np.arange(1.0, 102.0).reshape(-1, 1)
    estimate = estimate_statistic(median, values, range(101))
    assert estimate.value == 51.0
    assert 35 < estimate.low < 51 < estimate.high < 67
    assert estimate_statistic(median, np.array([[7.0]]), [0]) == Estimate(7.0, 7.0, 7.0)


def test_units_are_resampled_whole() -> None:
    values = np.array([[0.0], [1.0], [0.0], [1.0]])
    together = estimate_statistic(lambda drawn: float(drawn.mean()), values, [5, 5, 3, 3])
    assert together == Estimate(0.5, 0.5, 0.5)
    crossed = estimate_statistic(lambda drawn: float(drawn.mean()), values, [5, 3, 5, 3])
    assert (crossed.low, crossed.high) == pytest.approx((0.0, 1.0), abs=0.05)


def calibration_error(pairs: Observed) -> float:
    return expected_calibration_error(reliability(pairs[:, 0], pairs[:, 1].astype(bool)))


def test_interval_of_a_biased_figure_holds_its_value_and_mostly_the_truth(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Resampling spreads the bins: the percentiles alone cover the truth in 1 of 10.
    monkeypatch.setattr(intervals, "RESAMPLES", 100)
    rng = np.random.default_rng(6)
    estimates = []
    for _ in range(50):
        confidences = rng.beta(2, 1, 200)
        right = rng.random(200) < confidences - 0.05  # the calibration error is 0.05
        pairs = np.column_stack([confidences, right])
        estimates.append(estimate_statistic(calibration_error, pairs, range(200), most=1.0))
    assert all(0.0 <= each.low <= each.value <= each.high <= 1.0 for each in estimates)
    assert np.mean([each.low <= 0.05 <= each.high for each in estimates]) >= 0.85


def test_interval_ends_where_a_figure_can_be_no_more() -> None:
    values = np.array([[0.9], [1.0], [1.0], [1.0], [1.0]])
    largest = estimate_statistic(lambda drawn: float(drawn.max()), values, range(5), most=1.0)
    assert largest.high == largest.value == 1.0
    smallest = estimate_statistic(lambda drawn: float(1 - drawn.max()), values, range(5))
    assert smallest.low == smallest.value == 0.0
