"""Tables within passages: their rows, which are also read alone."""

from __future__ import annotations

import re

from index.records import Range

_LINE = re.compile(r"[^\n]+")


def rows_of(text: str) -> list[Range]:
    """Return the rows of a text's tables and what stands between them; none if it has no table.

    A line with a tab is a row. Together they hold all of the text that a line end does not.
    """
    rows: list[Range] = []
    after_row = True
    for line in _LINE.finditer(text):
        is_row = "\t" in line[0]
        if is_row or after_row:
            rows.append(line.span())
        else:
            rows[-1] = rows[-1][0], line.end()
        after_row = is_row
    return rows if "\t" in text and len(rows) > 1 else []
