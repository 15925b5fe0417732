"""How far two runs differ in each metric, question against question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation.comparable import AskedQuestion
from assistant.evaluation.direction import lower_is_better
from assistant.evaluation.intervals import Estimate, estimate_means
from assistant.evaluation.significance import paired_p_values

# Of questions declined in both runs, which are all that have it in both, it is always the same.
_OF_NO_PAIR = frozenset({"abstention_precision"})

Pair = tuple[AskedQuestion, AskedQuestion]  # now, before


@dataclass(frozen=True, slots=True)
class Difference:
    """A metric in both runs, over the questions that have it in both; each counts the same."""

    metric: str
    now: float
    before: float
    difference: Estimate  # now less before, by the paired bootstrap
    p: float  # paired randomisation test, two-sided; of this metric taken by itself
    wins: int  # questions that do better now
    losses: int
    ties: int


def differences(pairs: Sequence[Pair]) -> Iterator[Difference]:
    """Compare every metric that some question has in both runs.

    Args:
        pairs: At least one; what this run takes for a conversation is resampled and swapped whole.
    """
    figures = [(now.figures, before.figures) for now, before in pairs]
    shared = dict.fromkeys(name for now, before in figures for name in now if name in before)
    names = [name for name in shared if name not in _OF_NO_PAIR]
    table = np.array(
        [[[run.get(name, np.nan) for name in names] for run in pair] for pair in figures]
    )
    gains = table[:, 0] - table[:, 1]
    seen = np.isfinite(gains)
    _, units = np.unique([now.conversation for now, _ in pairs], return_inverse=True)
    sums = _sum_units(np.where(seen, gains, 0.0), units)
    estimates = estimate_means(sums, _sum_units(seen, units))
    p_values = paired_p_values(sums)
    for column, name in enumerate(names):
        now, before = table[seen[:, column], :, column].T
        better = before - now if lower_is_better(name) else now - before
        yield Difference(
            name,
            now=float(now.mean()),
            before=float(before.mean()),
            difference=estimates[column],
            p=p_values[column],
            wins=int((better > 0).sum()),
            losses=int((better < 0).sum()),
            ties=int((better == 0).sum()),
        )


def _sum_units(
    rows: NDArray[np.float64] | NDArray[np.bool_], units: NDArray[np.int64]
) -> NDArray[np.float64]:
    sums = np.zeros((units.max() + 1, rows.shape[1]))
    np.add.at(sums, units, rows)
    return sums
