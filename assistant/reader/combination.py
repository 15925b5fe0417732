"""Evidence → the probability of each answer and of none: a conditional logit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.reader.evidence import FEATURES

_PENALTY = 1e-3  # of squared weights, so that a feature that never varies gets none

Features = NDArray[np.float64]  # (candidates, features)


@dataclass(frozen=True, slots=True)
class Case:
    """A question that was read: its candidates' features, and which of them are right."""

    features: Features
    right: NDArray[np.bool_]  # (candidates,)


def log_odds(features: Features, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the log odds that each candidate is the answer, (candidates,).

    Candidates and "none of them" share a probability of 1 by the softmax of their utilities, which
    are sums of weighted features, and 0 for none.

    Source: McFadden 1974, "Conditional logit analysis of qualitative choice behavior".
    """
    utilities = np.append(features @ weights, 0.0)
    others = [np.logaddexp.reduce(np.delete(utilities, at)) for at in range(len(features))]
    odds: NDArray[np.float64] = utilities[:-1] - np.array(others)
    return odds


def fit(cases: Sequence[Case]) -> NDArray[np.float64]:
    """Return the weights under which what was right is most likely: some candidate, or none."""
    from scipy.optimize import minimize

    def loss(weights: NDArray[np.float64]) -> float:
        return _PENALTY * float(weights @ weights) + float(
            np.mean([_surprise(case, weights) for case in cases])
        )

    fitted: NDArray[np.float64] = minimize(loss, np.zeros(len(FEATURES)), method="L-BFGS-B").x
    return fitted


def _surprise(case: Case, weights: NDArray[np.float64]) -> float:
    utilities = np.append(case.features @ weights, 0.0)
    right = np.append(case.right, not case.right.any())
    return float(np.logaddexp.reduce(utilities) - np.logaddexp.reduce(utilities[right]))
