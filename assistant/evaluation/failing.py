"""Least values that a run must reach, for those who let a build fail on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.evaluation.direction import lower_is_better
from assistant.evaluation.intervals import Estimate
from assistant.evaluation.metrics import ROUNDING
from index.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Failure:
    """A metric that is under what was asked of it."""

    metric: str
    value: float
    asked: float


def parse_least(given: Sequence[str]) -> Mapping[str, float]:
    """Read what is to be reached, ``METRIC=VALUE`` each: metric → least value, 0 to 1.

    Raises:
        ConfigurationError: It is not written so, the value is no such number, a metric is given
            twice, or less of it is better.
    """
    least: dict[str, float] = {}
    for text in given:
        metric, _, number = (part.strip() for part in text.partition("="))
        if metric in least:
            raise ConfigurationError(f"--fail-under {text}: {metric} is given twice; give it once")
        least[metric] = _checked(text, metric, number)
    return least


def _checked(text: str, metric: str, number: str) -> float:
    try:
        value = float(number)
    except ValueError:
        value = -1.0
    if not metric or not 0 <= value <= 1:
        raise ConfigurationError(
            f"--fail-under {text}: give a metric and a number from 0 to 1, as in f1=0.70"
        )
    if lower_is_better(metric):
        raise ConfigurationError(
            f"--fail-under {text}: less {metric} is better, so there is no least value of it to "
            "ask for; ask for a metric of which more is better, such as f1"
        )
    return value


def find_failures(least: Mapping[str, float], metrics: Mapping[str, Estimate]) -> list[Failure]:
    """Return the metrics whose value, not the low end of its interval, is under the least asked.

    Raises:
        ConfigurationError: The run has no such metric.
    """
    unknown = [metric for metric in least if metric not in metrics]
    if unknown:
        known = ", ".join(metric for metric in metrics if not lower_is_better(metric))
        raise ConfigurationError(
            f"--fail-under {unknown[0]}: this run has no such metric (it has: {known})"
        )
    return [
        Failure(metric, metrics[metric].value, asked)
        for metric, asked in least.items()
        if metrics[metric].value < asked - ROUNDING
    ]
