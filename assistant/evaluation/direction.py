"""Which way each metric gets better."""

from __future__ import annotations

_ERRORS = frozenset({"ece", "aurc"})


def lower_is_better(metric: str) -> bool:
    """Tell whether a metric measures an error or a wait; of all others more is better."""
    return metric in _ERRORS or metric.startswith("latency_")
