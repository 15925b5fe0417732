"""The abstention contract: how sure the assistant is, and when it declines."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.records import Reason
from index.errors import CalibrationError

CALIBRATION_FILE = "calibration.json"

_DEFAULT_THRESHOLD = 0.5
_NEAR = 0.05  # confidence below which nothing in the documents is even near the question
_RIVALS = 0.5  # share of the best answer's probability that another's must have to dispute it
_POINTS = 200  # of the risk-coverage curve
_DOUBT = 0.1  # probability that the true risk is over a point's bound


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns a reader's log odds into a probability, and an accepted error into a threshold.

    Attributes:
        slope: Of Platt's scaling.
        bias: Likewise.
        curve: Thresholds of confidence, falling, each with a bound of the error among the
            questions that are answered above it.
        reader: Whose scores these are; "" for anyone's.
        questions: How many it was fitted on.
    """

    slope: float = 1.0
    bias: float = 0.0
    curve: tuple[tuple[float, float], ...] = ()
    reader: str = ""
    questions: int = 0

    @classmethod
    def load(cls, path: Path) -> Calibration:
        """Read a calibration.

        Raises:
            CalibrationError: The file is not one.
        """
        try:
            stored = json.loads(path.read_text("utf-8"))
            return cls(
                **{**stored, "curve": tuple((float(t), float(r)) for t, r in stored["curve"])}
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CalibrationError(
                f"{path}: not a calibration ({error}); delete it or run `assistant calibrate` again"
            ) from error

    def save(self, path: Path) -> None:
        """Write it in place of the one before."""
        written = path.with_suffix(".new")
        written.write_text(json.dumps(asdict(self), indent=1) + "\n", "utf-8")
        written.replace(path)

    def confidence(self, log_odds: float) -> float:
        """Return the probability that an answer is right, 0 to 1."""
        return _sigmoid(self.slope * log_odds + self.bias)

    def threshold(self, max_error: float | None) -> float:
        """Return the least confidence with which to answer.

        Args:
            max_error: The accepted share of wrong answers among those given, 0 to 1; 1 accepts
                any. By default an answer must be more likely right than wrong.

        Source: Geifman and El-Yaniv 2017, "Selective classification for deep neural networks".
        """
        if max_error is None:
            return _DEFAULT_THRESHOLD
        if max_error >= 1.0:
            return 0.0
        if not self.curve:
            return 1.0 - max_error
        return min((t for t, risk in self.curve if risk <= max_error), default=math.inf)


def fit(log_odds: Sequence[float], right: Sequence[bool], *, reader: str) -> Calibration:
    """Fit Platt's scaling and the risk-coverage curve.

    Args:
        log_odds: The best answer's, of each question.
        right: Whether it was right.
        reader: Whose scores these are.

    Source: Platt 1999, "Probabilistic outputs for support vector machines", with its smoothed
    targets.
    """
    from scipy.optimize import minimize

    scores, hits = np.asarray(log_odds, np.float64), np.asarray(right, bool)
    high, low = (hits.sum() + 1) / (hits.sum() + 2), 1 / ((~hits).sum() + 2)
    targets = np.where(hits, high, low)

    def loss(parameters: NDArray[np.float64]) -> float:
        logits = parameters[0] * scores + parameters[1]
        return float(np.mean(np.logaddexp(0.0, logits) - targets * logits))

    slope, bias = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B").x
    calibration = Calibration(float(slope), float(bias), (), reader, len(scores))
    confidences = np.array([calibration.confidence(score) for score in scores])
    return Calibration(
        calibration.slope, calibration.bias, _curve(confidences, hits), reader, len(scores)
    )


def _curve(
    confidences: NDArray[np.float64], right: NDArray[np.bool_]
) -> tuple[tuple[float, float], ...]:
    """Return thresholds with bounds of the error above them, by Clopper and Pearson 1934."""
    from scipy.stats import beta

    order = np.argsort(-confidences, kind="stable")
    wrong = np.cumsum(~right[order])
    answered = np.arange(1, len(order) + 1)
    bounds = beta.ppf(1 - _DOUBT, wrong + 1, np.maximum(answered - wrong, 1))
    kept = np.unique(np.linspace(0, len(order) - 1, _POINTS).astype(int))
    return tuple(
        (round(float(confidences[order[at]]), 6), round(float(bounds[at]), 6)) for at in kept
    )


def _sigmoid(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-logit)) if logit >= 0 else 1.0 - _sigmoid(-logit)


def reason_to_abstain(confidences: Sequence[float], threshold: float) -> Reason | None:
    """Return why not to answer with the best candidate, or None when it is to be answered.

    Args:
        confidences: The probability of the best candidate, then of those that say otherwise.
        threshold: The least confidence with which to answer.
    """
    if not confidences:
        return Reason.NOTHING_NEAR
    best, *others = confidences
    if best >= threshold:
        return None
    if best < _NEAR:
        return Reason.NOTHING_NEAR
    is_disputed = bool(others) and others[0] >= _RIVALS * best and best + others[0] >= threshold
    return Reason.DISAGREEMENT if is_disputed else Reason.NOT_ANSWERED
