"""The plot of how long the questions of a run took."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from assistant.evaluation.report import drawing
from assistant.evaluation.report.drawing import BOTTOM, TOP, Bar, Chart, Mark, across, up

_IN_A_DECADE = 10  # bins: each is a quarter wider than the one before
_HEADROOM = 1.4  # above the highest bar, for what is written there
_LINE = 16  # how far one line of text lies below another


@dataclass(frozen=True, slots=True)
class _Scale:
    """A logarithmic axis from one number of milliseconds to another."""

    low: float
    high: float

    def at(self, milliseconds: float) -> float:
        return across(math.log(milliseconds / self.low) / math.log(self.high / self.low))


def latency(run: Mapping[str, Any]) -> Chart | None:
    """Draw how many questions took how long; None where that was not measured."""
    taken = [question["seconds"] * 1000 for question in run["questions"] if question["seconds"]]
    if not taken:
        return None
    counts = Counter(math.floor(_IN_A_DECADE * math.log10(each)) for each in taken)
    places = range(min(counts) - 1, max(counts) + 2)
    edges = [10 ** (place / _IN_A_DECADE) for place in (*places, places.stop)]
    scale = _Scale(edges[0], edges[-1])
    y_ticks, end = drawing.counts_up(math.ceil(_HEADROOM * max(counts.values())))
    bins = [
        (low, high, counts[place])
        for place, (low, high) in zip(places, pairwise(edges), strict=True)
    ]
    return Chart(
        name="latency",
        title="Latency",
        description="How many questions took how long, on a logarithmic scale.",
        x_label="Milliseconds",
        y_label="Questions",
        x_ticks=[
            Mark(scale.at(tick), BOTTOM, _written(tick))
            for tick in drawing.log_ticks(scale.low, scale.high)
        ],
        y_ticks=y_ticks,
        bars=[_bar(scale, bin_, end) for bin_ in bins if bin_[-1]],
        limits=_percentiles(run["metrics"], scale),
        columns=("Milliseconds", "Questions"),
        rows=[(_span(low, high), f"{count:,}") for low, high, count in bins],
    )


def _bar(scale: _Scale, bin_: tuple[float, float, int], end: int) -> Bar:
    low, high, count = bin_
    left, top = scale.at(low), up(count / end)
    text = f"{_span(low, high)} ms: {count:,} questions"
    return Bar(left, top, round(scale.at(high) - left, 1), round(BOTTOM - top, 1), text)


def _percentiles(metrics: Mapping[str, Mapping[str, float]], scale: _Scale) -> list[Mark]:
    names = [name for name in ("p50", "p95", "p99") if f"latency_{name}_ms" in metrics]
    values = [metrics[f"latency_{name}_ms"]["value"] for name in names]
    return [
        Mark(scale.at(value), TOP + _LINE * line, f"{name} {_written(value)} ms")
        for line, (name, value) in enumerate(zip(names, values, strict=True), start=1)
    ]


def _span(low: float, high: float) -> str:
    return f"{_written(low)} to {_written(high)}"


def _written(milliseconds: float) -> str:
    return f"{milliseconds:,.0f}" if milliseconds >= 10 else f"{milliseconds:.2g}"
