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

    rows: Sequence[Range]  # and what stands between them: all of its text but line ends and header
    columns: Sequence[str]  # what they are called; empty where the table does not say


def table_in(passage: Passage) -> Table | None:
    """Return the table that a passage holds, if it does; a line with a tab is a row.

    Its columns are called what the last heading says, which is the header where its file marks one.
    """
    rows = _rows(passage.text) if "\t" in passage.text else []
    if len(rows) < 2:
        return None
    heading = _cells(passage.section[-1]) if passage.section else []
    columns = heading if len(heading) > 1 else _header([passage.text[slice(*row)] for row in rows])
    if columns:
        rows = [row for row in rows if _cells(passage.text[slice(*row)]) != columns]
    return Table(rows, columns)


def name_cells(text: str, columns: Sequence[str]) -> tuple[str, NDArray[np.int64]]:
    """Put before each cell what its column is called, in rows of as many cells; omit the header.

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
        if cells == columns:
            continue
        if len(cells) != len(columns):
            yield line[0], at
        else:
            for column, cell in zip(columns, line[0].split("\t"), strict=True):
                yield f"{column}: " if at == line.start() else f"; {column}: ", None
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
    """Return the cells of the first row, if one of them alone in its column holds no digit."""
    header, *rows = [cells for line in lines if len(cells := _cells(line)) > 1]
    alike = [cells for cells in rows if len(cells) == len(header)]
    is_header = all(header) and any(
        alike and not _DIGIT.search(name) and all(_DIGIT.search(cells[at]) for cells in alike)
        for at, name in enumerate(header)
    )
    return header if is_header else []


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("\t")]
