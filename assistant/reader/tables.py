"""Tables within passages: their rows, read alone too, and what their columns are called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.reader.windows import NO_PLACE
from index.records import Passage, Range

_LINE = re.compile(r"[^\n]+")
_DIGIT = re.compile(r"\d")


class Table(NamedTuple):
    """What a passage holds that has a table in it."""

    rows: Sequence[Range]  # and what stands between them: all of its text but line ends
    columns: Sequence[str]  # what they are called; empty where the table does not say


def table_in(passage: Passage) -> Table | None:
    """Return the table that a passage holds, if it does; a line with a tab is a row.

    Its columns are called what the last heading says, which is the header where its file marks one,
    or else what the first row says that looks like a header.
    """
    rows = _rows(passage.text) if "\t" in passage.text else []
    lines = [passage.text[slice(*row)] for row in rows]
    heading = _cells(passage.section[-1]) if passage.section else []
    columns = heading if len(heading) > 1 else _header(lines)
    if len(rows) < (1 if columns else 2):
        return None
    return Table(rows, columns if _can_be_named(lines, columns) else [])


def name_cells(text: str, columns: Sequence[str]) -> tuple[str, NDArray[np.int64]]:
    """Put before each cell what its column is called, in rows of as many cells but the header.

    "Signed: 3 May 1990" is read as a sentence is; without the name it is one of the row's dates.

    Returns:
        The text to read, and where each of its characters stands in the text given, (characters,).
    """
    said: list[str] = []
    places: list[NDArray[np.int64]] = []
    for words, at in _named(text, columns):
        said.append(words)
        places.append(np.full(len(words), NO_PLACE) if at is None else at + np.arange(len(words)))
    return "".join(said), np.concatenate([np.empty(0, np.int64), *places])


def _named(text: str, columns: Sequence[str]) -> Iterator[tuple[str, int | None]]:
    """Yield what is read one after another, and where it stands in the text if it does."""
    for line in _LINE.finditer(text):
        cells, at = _cells(line[0]), line.start()
        if len(cells) != len(columns) or cells == columns:
            yield line[0], at
        else:
            for column, cell in zip(columns, line[0].split("\t"), strict=True):
                yield f"{column}: " if at == line.start() else f" ; {column}: ", None
                yield cell, at
                at += len(cell) + 1
        yield "\n", None


def _rows(text: str) -> list[Range]:
    rows: list[Range] = []
    after_row = True
    for line in _LINE.finditer(text):
        is_row = "\t" in line[0]
        if is_row or after_row:
            rows.append(line.span())
        else:
            rows[-1] = rows[-1][0], line.end()
        after_row = is_row
    return rows


def _header(lines: Sequence[str]) -> list[str]:
    """Return the cells of the first row below a caption, if one alone in its column has no digit.

    A table without a caption may have begun in the passage before. And one of two columns, of which
    the second has the numbers, may be of names and values: "Capital", "Oslo"; "Area", "454".
    """
    header, *rows = [cells for line in lines if len(cells := _cells(line)) > 1] or [[]]
    alike = [cells for cells in rows if len(cells) == len(header)]
    if len(alike) < 2 or "\t" in lines[0] or not all(header):
        return []
    numbers = [
        at
        for at, name in enumerate(header)
        if not _DIGIT.search(name) and all(_DIGIT.search(cells[at]) for cells in alike)
    ]
    return header if numbers and (len(header) > 2 or numbers[0] == 0) else []


def _can_be_named(lines: Sequence[str], columns: Sequence[str]) -> bool:
    """Tell whether most rows have as many cells, and naming them makes no more than twice the text.

    CSV and Markdown are extracted without empty cells: where the header has one, no name is sure.
    """
    rows = [cells for line in lines if len(cells := _cells(line)) > 1 and cells != columns]
    alike = [cells for cells in rows if len(cells) == len(columns)]
    added = len(alike) * sum(map(len, columns))
    return 2 * len(alike) > len(rows) and added <= sum(map(len, lines))


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("\t")]
