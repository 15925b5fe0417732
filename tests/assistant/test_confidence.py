from __future__ import annotations

import math

import pytest

from assistant.confidence import probability, reason_to_abstain
from assistant.records import Reason, Span
from index.records import Hit, Passage, Retriever

HIT = Hit(Passage("p", "d", 0, 3, "abc", ((0, 3),), ()), 1.0, 1, Retriever.HYBRID)


def span_of(confidence: float) -> Span:
    return Span(0, 3, math.log(confidence / (1 - confidence)), HIT)


def test_probability_is_the_logistic_function() -> None:
    assert probability(0.0) == 0.5
    assert probability(math.log(3)) == pytest.approx(0.75)
    assert probability(-800.0) == 0.0


@pytest.mark.parametrize(
    ("confidence", "max_error", "expected"),
    [
        (0.6, None, None),
        (0.4, None, Reason.NOT_ANSWERED),
        (0.01, None, Reason.NOTHING_NEAR),
        (0.9, 0.05, Reason.NOT_ANSWERED),
        (0.96, 0.05, None),
        (0.01, 1.0, None),
    ],
)
def test_answer_is_given_when_its_error_is_accepted(
    confidence: float, max_error: float | None, expected: Reason | None
) -> None:
    assert reason_to_abstain([span_of(confidence)], max_error) == expected


def test_no_candidate_is_nothing_near() -> None:
    assert reason_to_abstain([], 1.0) is Reason.NOTHING_NEAR
