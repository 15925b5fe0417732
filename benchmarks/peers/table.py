"""What was measured, as a Markdown table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from benchmarks.peers.measuring import MS, RATE, Measured


def markdown(sets: Mapping[str, Mapping[str, Measured]]) -> str:
    """Return a table with a row for each metric of each test set and a column for each system.

    Times also say how many times those of the first system they are.

    Args:
        sets: Test set → system → what was measured; the same systems for every set.
    """
    systems = list(next(iter(sets.values())))
    head = ["test set", "metric", *systems]
    rule = ["---", "---", *("---:" for _ in systems)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *_rows(sets)))


def _rows(sets: Mapping[str, Mapping[str, Measured]]) -> Iterator[list[str]]:
    for name, measured in sets.items():
        figures = [of_system.figures for of_system in measured.values()]
        for row, metric in enumerate(figures[0]):
            values = [of_system[metric] for of_system in figures]
            yield [
                "" if row else name,
                metric,
                *(_cell(metric, value, values[0]) for value in values),
            ]


def _cell(metric: str, value: float, first: float) -> str:
    if metric == MS:
        times = f" ({value / first:.1f}x)" if value != first else ""
        return f"{value:.0f}{times}"
    if metric == RATE:
        return f"{value:.0f}"
    return f"{value:.3f}"
