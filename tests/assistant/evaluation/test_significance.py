from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from assistant.evaluation.intervals import estimate_means
from assistant.evaluation.significance import paired_p_values

SIMULATIONS = 2000


def p_of(*differences: float) -> float:
    (p,) = paired_p_values(np.array(differences)[:, None])
    return p


def simulate(questions: int, gained: float, lost: float) -> NDArray[np.float64]:
    """Return (questions, SIMULATIONS): 1 where a run is right that was wrong, -1 the other way."""
    drawn = np.random.default_rng(8).random((questions, SIMULATIONS))
    return (drawn < gained).astype(float) - (drawn > 1 - lost)


def test_few_units_are_swapped_in_every_way() -> None:
    assert p_of(1, 1, 1) == 2 / 8  # all swapped or none
    assert p_of(3, 1, -1) == 6 / 8  # sums of at least 3: not 3 - 1 - 1 nor its opposite
    assert p_of(1, -1) == 1
    assert p_of(*[1] * 16) == 2 / 2**16


def test_units_that_do_not_differ_count_for_nothing() -> None:
    assert p_of(0, 0, 0) == 1
    assert p_of(1, 1, 1, *[0] * 1000) == 2 / 8


def test_rounding_does_not_break_ties() -> None:
    assert 0.1 + 0.2 + 0.3 != 0.3 + 0.2 + 0.1
    assert p_of(0.1, 0.2, 0.3, -0.6) == 1
    assert p_of(0.1, 0.2, -0.3, 0.6) == 10 / 16  # |±0.1 ±0.2 ±0.3 ±0.6| is at least 0.6


@pytest.mark.parametrize("units", [9, 60])
def test_p_agrees_with_scipys_permutation_test(units: int) -> None:
    differences = np.random.default_rng(units).normal(0.2, 1, (units, 3))
    expected = [
        stats.permutation_test(
            (column,), np.sum, permutation_type="samples", n_resamples=9999, random_state=1
        ).pvalue
        for column in differences.T
    ]
    assert paired_p_values(differences) == pytest.approx(expected, abs=0.015 if units > 9 else 0)


def test_p_of_many_units_agrees_with_the_exact_test_of_mcnemar() -> None:
    expected = stats.binomtest(60, 100).pvalue
    assert p_of(*[1] * 60, *[-1] * 40, *[0] * 400) == pytest.approx(expected, abs=0.008)


def test_random_p_is_never_zero() -> None:
    assert p_of(*[1] * 100) == 1 / 10_000


def test_p_is_the_same_whichever_run_comes_first_and_beside_other_metrics() -> None:
    differences = np.random.default_rng(2).normal(0.3, 1, (40, 3))
    assert paired_p_values(-differences) == paired_p_values(differences)
    assert paired_p_values(differences[:, 1:2]) == paired_p_values(differences)[1:2]


def test_runs_that_do_as_well_are_told_apart_1_time_in_20() -> None:
    p_values = paired_p_values(simulate(150, gained=0.25, lost=0.25))
    assert 0.03 <= np.mean(np.array(p_values) < 0.05) <= 0.07


@pytest.mark.parametrize(("gained", "lost"), [(0.1, 0.1), (0.12, 0.06)])
def test_interval_covers_the_true_difference_about_19_times_in_20(
    gained: float, lost: float
) -> None:
    differences = simulate(200, gained, lost)
    estimates = estimate_means(differences, np.ones_like(differences))
    covered = np.mean([estimate.low <= gained - lost <= estimate.high for estimate in estimates])
    assert 0.93 <= covered <= 0.97
