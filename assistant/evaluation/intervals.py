"""Bootstrap intervals: how far a figure would move with other questions of the same sort."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

CONFIDENCE = 0.95
RESAMPLES = 1000
_BATCH = 50  # resamples summed at once: one matrix product, little memory
_SEED = 20  # the same test set and answers always give the same intervals


Observed = NDArray[np.float64]  # (questions, columns)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95% interval."""

    value: float
    low: float
    high: float


def estimate_means(
    sums: NDArray[np.float64], counts: NDArray[np.float64], *, resamples: int = RESAMPLES
) -> list[Estimate]:
    """Estimate several means at once, resampling whole units: what one unit holds hangs together.

    Args:
        sums: (units, metrics), each unit's sum of what was observed of each metric.
        counts: (units, metrics), how many observations that is; some unit of each has one.
        resamples: How many bootstrap resamples to draw.

    Returns:
        An estimate for each metric, by the expanded percentile interval.
        Source: Hesterberg 2015, "What Teachers Should Know About the Bootstrap".
    """
    totals, sizes = np.hsplit(_resampled_sums(np.hstack([sums, counts]), resamples), 2)
    means = np.full_like(totals, np.nan)  # a resample without one observation has no mean
    np.divide(totals, sizes, out=means, where=sizes > 0)
    values = sums.sum(axis=0) / counts.sum(axis=0)
    return [
        _estimate(value, drawn, units=int(np.count_nonzero(held)))
        for value, drawn, held in zip(values, means.T, counts.T, strict=True)
    ]


def _resampled_sums(rows: NDArray[np.float64], resamples: int) -> NDArray[np.float64]:
    """Return (resamples, columns): the columns' sums over as many rows, drawn with replacement."""
    rng = np.random.default_rng(_SEED)
    drawn = np.empty((resamples, rows.shape[1]))
    for start in range(0, resamples, _BATCH):
        batch = drawn[start : start + _BATCH]
        times_drawn = np.zeros((len(batch), len(rows)))
        for times in times_drawn:
            times += np.bincount(rng.integers(len(rows), size=len(rows)), minlength=len(rows))
        np.matmul(times_drawn, rows, out=batch)
    return drawn


def estimate_statistic(
    statistic: Callable[[Observed], float],
    observed: Observed,
    units: Sequence[int],
    *,
    most: float = math.inf,
) -> Estimate:
    """Estimate what is no mean, resampling whole units, by the percentile bootstrap less its bias.

    Resampling adds to a distance, such as the calibration error, as sampling did before: the draws
    are off the truth by the bias twice.

    Args:
        statistic: Of as many rows as there are questions, more or less; 0 or above.
        observed: (questions, columns), in any unit.
        units: For each question, to which unit it belongs.
        most: The largest value that there can be.

    Returns:
        An interval that holds the value. Source: Efron and Tibshirani 1993, chapters 10 and 13.
    """
    rng = np.random.default_rng(_SEED)
    order = np.argsort(units, kind="stable")
    _, firsts, sizes = np.unique(np.asarray(units)[order], return_index=True, return_counts=True)
    drawn = []
    for _ in range(RESAMPLES):
        taken = rng.integers(len(firsts), size=len(firsts))
        before = np.cumsum(sizes[taken]) - sizes[taken]
        rows = np.repeat(firsts[taken] - before, sizes[taken]) + np.arange(sizes[taken].sum())
        drawn.append(statistic(observed[order[rows]]))
    value = statistic(observed)
    bias = np.mean(drawn) - value
    ends = np.quantile(drawn, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]) - 2 * bias
    low, high = np.clip(ends, 0.0, most)
    return Estimate(value, min(float(low), value), max(float(high), value))


def _estimate(value: float, draws: NDArray[np.float64], *, units: int) -> Estimate:
    tail = _tail(units)
    low, high = np.nanquantile(draws, [tail, 1 - tail])
    return Estimate(float(value), float(low), float(high))


def _tail(units: int) -> float:
    """Return the share to cut off either end, smaller for few units, whose spread is too narrow."""
    tail = (1 - CONFIDENCE) / 2
    if units < 2:
        return tail
    return float(ndtr(math.sqrt(units / (units - 1)) * stdtrit(units - 1, tail)))
