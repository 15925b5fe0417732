from __future__ import annotations

from math import exp, log

import numpy as np
import pytest

from assistant.reader.combination import Case, fit, log_odds
from assistant.reader.evidence import FEATURES


def features_of(*margins: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    rows = np.zeros((len(margins), len(FEATURES)))
    rows[:, FEATURES.index("one")] = 1.0
    rows[:, FEATURES.index("passage")] = margins
    return rows


def weights_of(one: float, margin: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    weights = np.zeros(len(FEATURES))
    weights[FEATURES.index("one")], weights[FEATURES.index("passage")] = one, margin
    return weights


def test_candidates_and_none_share_a_probability_of_one() -> None:
    odds = log_odds(features_of(log(2), 0.0), weights_of(0.0, 1.0))
    # Utilities log 2, 0 and 0 for none: probabilities 1/2, 1/4 and 1/4.
    assert odds == pytest.approx([0.0, log(1 / 3)])


def test_fitted_weights_are_those_that_made_the_choices() -> None:
    random = np.random.default_rng(5)
    cases = []
    for _ in range(4000):
        margins = random.normal(0.0, 2.0, 3)
        shares = np.append([exp(0.8 * margin - 0.5) for margin in margins], 1.0)
        chosen = random.choice(4, p=shares / shares.sum())
        cases.append(Case(features_of(*margins), np.arange(3) == chosen))
    fitted = fit(cases)
    assert fitted[FEATURES.index("passage")] == pytest.approx(0.8, abs=0.06)
    assert fitted[FEATURES.index("one")] == pytest.approx(-0.5, abs=0.08)
    assert np.abs(fitted[2:]).max() < 1e-3  # features that never vary get no weight
