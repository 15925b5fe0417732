"""The abstention contract: how sure the assistant is, and when it declines."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation.reliability import count_errors
from assistant.records import Reason
from index.durable import replacing
from index.errors import CalibrationError

CALIBRATION_FILE = "calibration.json"

_DEFAULT_THRESHOLD = 0.5
_NEAR = 0.05  # confidence below which nothing in the documents is even near the question
_RIVALS = 0.5  # share of the best answer's probability that another's must have to dispute it
_POINTS = 100  # of the risk-coverage curve
_DOUBT = 0.1  # probability that the true error is over its bound
_SUREST = 0.1  # share of the questions answered at the first threshold that is tried
_LEAST_SLOPE = 0.05  # of Platt's scaling: a higher score never means less

Curve = tuple[tuple[float, float, int], ...]


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns a reader's log odds into a probability, and an accepted error into a threshold.

    Attributes:
        slope: Of Platt's scaling.
        bias: Likewise.
        curve: Thresholds of confidence, falling; with each a bound of the error among the
            questions answered at it, and their number.
        reader: Whose scores these are; "" for anyone's.
        questions: How many it was fitted on.
    """

    slope: float = 1.0
    bias: float = 0.0
    curve: Curve = ()
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
            if stored.pop("checksum", None) not in (None, _checksum(stored)):
                raise ValueError("it is not what was written")
            if stored.keys() != set(cls.__slots__):
                raise ValueError("other entries than it should have")
            return cls(
                _finite(stored["slope"]),
                _finite(stored["bias"]),
                tuple(
                    (_finite(least), _finite(risk), int(n)) for least, risk, n in stored["curve"]
                ),
                str(stored["reader"]),
                int(stored["questions"]),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise CalibrationError(
                f"{path}: not a calibration ({error}); delete it or run `assistant calibrate` again"
            ) from error

    def save(self, path: Path) -> None:
        """Write it in place of the one before."""
        stored = asdict(self)
        text = json.dumps(stored | {"checksum": _checksum(stored)}, indent=1) + "\n"
        with replacing(path) as file:
            file.write(text.encode())

    def confidence(self, log_odds: float) -> float:
        """Return the probability that an answer is right, 0 to 1."""
        return _sigmoid(self.slope * log_odds + self.bias)

    def threshold(self, max_error: float | None) -> float:
        """Return the least confidence with which to answer.

        Thresholds are tried from a high one downwards, up to the first at which the error may be
        over what is accepted: so the bound holds for the one chosen, not only for each by itself.

        Args:
            max_error: The accepted share of wrong answers among those given, 0 to 1; 1 accepts
                any. By default an answer must be more likely right than wrong.

        Source: Angelopoulos et al. 2021, "Learn then test" (fixed sequence testing).
        """
        if max_error is None:
            return _DEFAULT_THRESHOLD
        if max_error >= 1.0:
            return 0.0
        if not self.curve:
            return 1.0 - max_error
        accepted = math.inf
        for threshold, risk, answered in self.curve:
            if answered < _SUREST * self.questions or _bound(0, answered) > max_error:
                continue  # too few to tell, were they all right
            if risk > max_error:
                break
            accepted = threshold
        return accepted


def fit(log_odds: Sequence[float], right: Sequence[bool], *, reader: str) -> Calibration:
    """Fit Platt's scaling and the risk-coverage curve.

    Args:
        log_odds: The best answer's, of each question; minus infinity where nothing was found,
            which says nothing of the scaling.
        right: Whether it was right.
        reader: Whose scores these are.
    """
    scores, hits = np.asarray(log_odds, np.float64), np.asarray(right, bool)
    is_found = np.isfinite(scores)
    slope, bias = _platt(scores[is_found], hits[is_found])
    scaled = Calibration(slope, bias, (), reader, len(scores))
    confidences = np.array([scaled.confidence(score) for score in scores])
    return replace(scaled, curve=_curve(confidences, hits))


def _platt(scores: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[float, float]:
    """Return slope and bias of a logistic regression on scores.

    Source: Platt 1999, "Probabilistic outputs for support vector machines", with its smoothed
    targets.
    """
    from scipy.optimize import minimize

    high, low = (right.sum() + 1) / (right.sum() + 2), 1 / ((~right).sum() + 2)
    targets = np.where(right, high, low)

    def loss(parameters: NDArray[np.float64]) -> float:
        logits = parameters[0] * scores + parameters[1]
        return float(np.mean(np.logaddexp(0.0, logits) - targets * logits))

    bounds = [(_LEAST_SLOPE, None), (None, None)]
    slope, bias = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B", bounds=bounds).x
    return float(slope), float(bias)


def _curve(confidences: NDArray[np.float64], right: NDArray[np.bool_]) -> Curve:
    columns = (column.tolist() for column in count_errors(confidences, right))
    points = list(zip(*columns, strict=True))
    kept = np.unique(np.linspace(0, len(points) - 1, _POINTS).astype(int)).tolist()
    return tuple(
        (threshold, round(_bound(wrong, answered), 6), answered)
        for threshold, wrong, answered in (points[at] for at in kept)
    )


def _bound(wrong: int, answered: int) -> float:
    """Return the error that the true one is over with a small probability only.

    Args:
        wrong: Answers that were wrong.
        answered: Answers, at least one.

    Source: Clopper and Pearson 1934.
    """
    if wrong == 0:
        return float(1.0 - _DOUBT ** (1.0 / answered))
    if wrong == answered:
        return 1.0
    from scipy.stats import beta

    return float(beta.ppf(1.0 - _DOUBT, wrong + 1, answered - wrong))


def _sigmoid(logit: float) -> float:
    if logit >= 0:
        return 1.0 / (1.0 + math.exp(-logit))
    return math.exp(logit) / (1.0 + math.exp(logit))


def _checksum(stored: Mapping[str, Any]) -> str:
    return sha256(json.dumps(stored, sort_keys=True).encode()).hexdigest()


def _finite(value: str | float) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value} is not finite")
    return number


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
