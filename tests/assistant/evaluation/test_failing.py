from __future__ import annotations

import math

import pytest

from assistant.evaluation.failing import Failure, find_failures, parse_least
from assistant.evaluation.intervals import Estimate
from index.errors import ConfigurationError

METRICS = {
    "f1": Estimate(0.65, 0.6, 0.7),
    "recall@10": Estimate(0.9, 0.8, 1.0),
    "ece": Estimate(0.05, 0.0, 0.1),
}


def test_least_values_are_read() -> None:
    assert parse_least(["f1=0.70", " recall@10 = 1 "]) == {"f1": 0.7, "recall@10": 1.0}
    assert parse_least([]) == {}


@pytest.mark.parametrize(
    "text", ["f1", "f1=", "=0.7", "f1=high", "f1=nan", "f1=inf", "f1=70", "f1=-1"]
)
def test_what_is_no_metric_with_a_number_from_0_to_1_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"--fail-under {text}: give .* as in f1=0\.70"):
        parse_least([text])


@pytest.mark.parametrize("metric", ["ece", "aurc", "latency_p50_ms", "latency_p99_ms"])
def test_metrics_of_which_less_is_better_have_no_least_value(metric: str) -> None:
    with pytest.raises(ConfigurationError, match=f"less {metric} is better"):
        parse_least([f"{metric}=0.1"])


def test_metric_given_twice_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="f1 is given twice"):
        parse_least(["f1=0.7", "f1=0.8"])


def test_metrics_under_what_was_asked_are_told() -> None:
    assert find_failures({"f1": 0.7, "recall@10": 0.8}, METRICS) == [Failure("f1", 0.65, 0.7)]
    assert find_failures({"f1": 0.65}, METRICS) == []
    assert find_failures({}, METRICS) == []


def test_rounding_fails_nothing() -> None:
    rounded = math.nextafter(0.7, 0.0)
    assert find_failures({"f1": 0.7}, {"f1": Estimate(rounded, 0.0, 1.0)}) == []


def test_metric_that_the_run_has_not_is_refused_with_those_it_has() -> None:
    message = r"--fail-under f2: this run has no such metric \(it has: f1, recall@10\)"
    with pytest.raises(ConfigurationError, match=message):
        find_failures({"f2": 0.7}, METRICS)
