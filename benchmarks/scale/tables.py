"""Markdown tables of what was measured."""

from __future__ import annotations


class Table:
    """Rows under headings; a row may be shorter."""

    def __init__(self, headings: str) -> None:
        self._headings = headings.split(" | ")
        self._rows: list[list[str]] = []

    def add(self, *values: object) -> None:
        """Add a row: numbers are rounded to three digits, None stays empty."""
        cells = [_cell(value) for value in values]
        self._rows.append([*cells, *[""] * (len(self._headings) - len(cells))])

    def __str__(self) -> str:
        alignment = ["---:" if row else "---" for row in range(len(self._headings))]
        rows = [self._headings, alignment, *self._rows]
        return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
