"""The plots of how kept runs of a test set went, one after another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from assistant.evaluation.report import drawing
from assistant.evaluation.report.drawing import BOTTOM, Chart, Line, Mark, across, up
from assistant.evaluation.report.words import label, moment, value
from assistant.evaluation.runs import RunSummary

HEADLINES = ("right", "f1", "em", "ndcg@10", "recall@10")
_DRAWN = 2  # lines of a plot: more would hide each other
_MOST_TICKS = 15
_STEPS = {1: 5, 2: 4}  # of an axis of so many tenths; of more tenths, as many


def headlines(runs: Sequence[RunSummary]) -> list[str]:
    """Return the metrics to tell runs apart by: those of answers, else those of retrieval."""
    held = [name for name in HEADLINES if any(name in run.metrics for run in runs)]
    return [name for name in held if "@" not in name] or held


def trends(runs: Sequence[RunSummary]) -> list[Chart]:
    """Draw a plot for each test set that was run more than once in one way, by name."""
    ordered = sorted(runs, key=attrgetter("test_set", "oracle", "started_at"))
    grouped = [list(group) for _, group in groupby(ordered, key=attrgetter("test_set", "oracle"))]
    return [_trend(group, place) for place, group in enumerate(grouped) if len(group) > 1]


def _trend(runs: Sequence[RunSummary], place: int) -> Chart:
    names = headlines(runs)[:_DRAWN]
    low, high = _tenths(runs, names)
    return Chart(
        name=f"trend-{place}",
        title=runs[0].test_set + (", own document alone" if runs[0].oracle else ""),
        description="Each run with its 95% intervals, the oldest first.",
        x_label="Runs, the oldest first",
        y_label="",
        x_ticks=[
            Mark(across((at + 0.5) / len(runs)), BOTTOM, str(at + 1))
            for at in range(0, len(runs), 1 + len(runs) // _MOST_TICKS)
        ],
        y_ticks=drawing.shares_up(low / 10, high / 10, steps=_STEPS.get(high - low, high - low)),
        lines=[_line(name, runs, low / 10, high / 10) for name in names],
        columns=("Run", "Started", *map(label, names)),
        rows=[
            (str(number), moment(run.started_at), *(_of(run, name) for name in names))
            for number, run in enumerate(runs, start=1)
        ],
    )


def _tenths(runs: Sequence[RunSummary], names: Sequence[str]) -> tuple[int, int]:
    """Return between which tenths, 0 to 10, all intervals lie; they are never the same."""
    figures = [run.metrics[name] for run in runs for name in names if name in run.metrics]
    low = math.floor(10 * _share(min((figure["low"] for figure in figures), default=0)))
    high = math.ceil(10 * _share(max((figure["high"] for figure in figures), default=1)))
    return (low, high) if low < high else (high - 1, high)


def _share(given: float) -> float:
    """Keep an axis from reaching for what a file that was written by hand may hold."""
    return min(1.0, max(0.0, given))


def _line(name: str, runs: Sequence[RunSummary], low: float, high: float) -> Line:
    held = [(at, run) for at, run in enumerate(runs) if name in run.metrics]
    xs = [across((at + 0.5) / len(runs)) for at, _ in held]
    ends = [
        {end: up((share - low) / (high - low)) for end, share in run.metrics[name].items()}
        for _, run in held
    ]
    dots = tuple(
        Mark(x, end["value"], f"{label(name)} {_of(run, name)}, {moment(run.started_at)}")
        for x, end, (_, run) in zip(xs, ends, held, strict=True)
    )
    whiskers = (f"M{x} {end['low']}V{end['high']}" for x, end in zip(xs, ends, strict=True))
    return Line(
        drawing.path([(dot.x, dot.y) for dot in dots]), dots, label(name), "".join(whiskers)
    )


def _of(run: RunSummary, name: str) -> str:
    return value(run.metrics[name]["value"], name) if name in run.metrics else "not measured"
