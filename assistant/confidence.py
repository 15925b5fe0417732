"""The abstention contract: when the assistant answers, and why it declines."""

from __future__ import annotations

import math
from collections.abc import Sequence

from assistant.records import Reason, Span

_DEFAULT_THRESHOLD = 0.5
_NEAR = 0.05  # confidence below which nothing in the documents is even near the question


def probability(logit: float) -> float:
    """Return the probability of a logit, 0 to 1."""
    return 1.0 / (1.0 + math.exp(-logit)) if logit >= 0 else 1.0 - probability(-logit)


def reason_to_abstain(spans: Sequence[Span], max_error: float | None) -> Reason | None:
    """Return why not to answer with the best of the spans, or None when it is to be answered.

    An answer is given when the probability that it is wrong is within ``max_error``, so that the
    expected share of errors among the questions answered is within it too.

    Args:
        spans: Candidate answers, best first.
        max_error: The accepted probability of error, 0 to 1; 1 accepts any answer. By default
            an answer must be more likely right than wrong.
    """
    threshold = _DEFAULT_THRESHOLD if max_error is None else 1.0 - max_error
    confidence = probability(spans[0].score) if spans else 0.0
    if not spans or (confidence < threshold and confidence < _NEAR):
        return Reason.NOTHING_NEAR
    return Reason.NOT_ANSWERED if confidence < threshold else None
