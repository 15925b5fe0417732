"""The plots of how far a run's confidences can be held to."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.evaluation.report import drawing
from assistant.evaluation.report.drawing import Chart, Line, Mark, across, up
from assistant.evaluation.report.words import percent, value

_LARGEST_DOT = 11


def reliability(run: Mapping[str, Any]) -> Chart | None:
    """Draw how often answers of like confidence are right; None where that is not known."""
    bins = run.get("curves", {}).get("reliability")
    if not bins:
        return None
    rows = [
        (f"{bin_['count']:,}", percent(bin_["confidence"]), percent(bin_["accuracy"]))
        for bin_ in bins
    ]
    most = max(bin_["count"] for bin_ in bins)
    dots = tuple(
        Mark(
            across(bin_["confidence"]),
            up(bin_["accuracy"]),
            f"{count} questions: confidence {confidence}, right {accuracy}",
            round(max(2.5, _LARGEST_DOT * math.sqrt(bin_["count"] / most)), 1),
        )
        for bin_, (count, confidence, accuracy) in zip(bins, rows, strict=True)
    )
    return Chart(
        name="reliability",
        title="Reliability",
        description="How often answers of like confidence are right: on the dashed line as often "
        "as promised, below it less often. A larger dot is more questions.",
        x_label="Confidence",
        y_label="Right",
        x_ticks=drawing.shares_across(),
        y_ticks=drawing.shares_up(0, 1),
        reference=drawing.path([(across(0), up(0)), (across(1), up(1))]),
        lines=[Line(drawing.path([(dot.x, dot.y) for dot in dots]), dots)],
        columns=("Questions", "Mean confidence", "Right"),
        rows=rows,
    )


def risk_coverage(run: Mapping[str, Any]) -> Chart | None:
    """Draw the error among what is answered against how much that is; None where not known."""
    points = run.get("curves", {}).get("risk_coverage")
    if not points:
        return None
    end = drawing.reach(max(point["risk"] for point in points))
    places = [(across(point["coverage"]), up(point["risk"] / end)) for point in points]
    return Chart(
        name="risk-coverage",
        title="Risk and coverage",
        description="How many of the answers are wrong when only the surest are given, and as "
        "more and more are. The dot is this run.",
        x_label="Questions answered",
        y_label="Wrong among them",
        x_ticks=drawing.shares_across(),
        y_ticks=drawing.shares_up(0, end),
        lines=[Line(drawing.path(places), _own_place(run["questions"], end))],
        columns=("Confidence from", "Answered", "Wrong among them"),
        rows=[
            (value(point["threshold"]), percent(point["coverage"]), percent(point["risk"]))
            for point in points
        ],
    )


def _own_place(questions: Sequence[Mapping[str, Any]], end: float) -> tuple[Mark, ...]:
    given = [bool(question["right"]) for question in questions if not question["abstained"]]
    if not given:
        return ()
    coverage, risk = len(given) / len(questions), given.count(False) / len(given)
    told = f"This run: {percent(coverage)} answered, {percent(risk)} of the answers wrong"
    return (Mark(across(coverage), up(min(1.0, risk / end)), told, 6.0),)
