"""What plots are drawn of, and the scales that put it there, in units of their view box."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

LEFT, RIGHT, TOP, BOTTOM = 60, 380, 14, 212  # of the plotted area
_REACHES = (0.05, 0.1, 0.2, 0.5, 1.0)  # how far an axis of shares may go
_MOST_TICKS = 8


@dataclass(frozen=True, slots=True)
class Mark:
    """A place, and what is written there."""

    x: float
    y: float
    text: str
    radius: float = 4.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a histogram, which stands on the horizontal axis."""

    x: float
    y: float
    width: float
    height: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line through dots, each of which may have a whisker for its interval."""

    path: str
    dots: tuple[Mark, ...] = ()
    label: str = ""
    whiskers: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A plot, and the table of the numbers that it shows, as they are written."""

    name: str
    title: str
    description: str
    x_label: str
    y_label: str
    x_ticks: Sequence[Mark]
    y_ticks: Sequence[Mark]
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    lines: Sequence[Line] = ()
    bars: Sequence[Bar] = ()
    limits: Sequence[Mark] = ()  # vertical lines, with what is written beside them
    reference: str = ""  # the path of a dashed line to compare with


def across(share: float) -> float:
    """Return how far right a share of the width, 0 to 1, lies."""
    return round(LEFT + share * (RIGHT - LEFT), 1)


def up(share: float) -> float:
    """Return how far down a share of the height, 0 to 1, lies: 1 is at the top."""
    return round(BOTTOM - share * (BOTTOM - TOP), 1)


def path(points: Sequence[tuple[float, float]]) -> str:
    """Return the path of straight lines through points."""
    return "M" + "L".join(f"{x} {y}" for x, y in points)


def reach(largest: float) -> float:
    """Return where an axis of shares ends that has to show this one."""
    return next(step for step in _REACHES if step >= min(largest, 1.0))


def shares_across() -> list[Mark]:
    """Return the ticks of a horizontal axis from 0% to 100%."""
    return [Mark(across(tick / 5), BOTTOM, f"{tick / 5:.0%}") for tick in range(6)]


def shares_up(low: float, high: float, *, steps: int = 5) -> list[Mark]:
    """Return the ticks of a vertical axis of shares."""
    ticks = [tick / steps for tick in range(steps + 1)]
    return [Mark(LEFT, up(tick), f"{100 * (low + tick * (high - low)):.3g}%") for tick in ticks]


def counts_up(most: int) -> tuple[list[Mark], int]:
    """Return the ticks of a vertical axis of counts, and where it ends."""
    step = next(step for step in _round_numbers(1, 10 * most) if step * 5 >= most)
    end = math.ceil(most / step) * step
    counts = range(0, int(end) + 1, int(step))
    return [Mark(LEFT, up(count / end), f"{count:,}") for count in counts], int(end)


def log_ticks(low: float, high: float) -> list[float]:
    """Return round numbers from low to high for a logarithmic axis, neither too many nor none."""
    ticks = _round_numbers(low, high)
    if len(ticks) <= _MOST_TICKS:
        return ticks
    return [tick for tick in ticks if math.log10(tick).is_integer()]


def _round_numbers(low: float, high: float) -> list[float]:
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    numbers = [digit * 10.0**decade for decade in decades for digit in (1, 2, 5)]
    return [number for number in numbers if low <= number <= high]
