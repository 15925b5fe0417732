"""Test sets kept in a spreadsheet: CSV, a question a row under a header."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from assistant.testsets.parsing import Place, Refuse, stop

_DELIMITERS = ",;\t"  # spreadsheets write the second where a comma stands in decimal numbers
_REQUIRED = ("question", "answers")
_OPTIONAL = ("id", "document", "kind")
_BETWEEN_ANSWERS = "|"


def is_table(text: str) -> bool:
    """Tell whether a text opens with a header that has a column ``question``."""
    return "question" in _names(_first_line(text), _delimiter(text))


def read_rows(
    path: Path, text: str, refuse: Refuse = stop
) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """Yield each row as the object that a line of JSON Lines would hold, and where it stands.

    Columns are told by their names, in any order and case, with commas, semicolons or tabs
    between: ``question``; ``answers``, parted by ``|``, empty where the documents don't say; and,
    where they are given, ``id`` (otherwise the number of the line), ``document`` and ``kind``.

    Args:
        path: The file.
        text: What stands in it.
        refuse: Called with each row that does not fit the header; the next ones are read if it
            returns.

    Raises:
        TestSetError: The header lacks a column or has one twice, or quotes are not closed: where
            the next row begins is then not known.
    """
    rows = _rows(path, text)
    place, header = next(rows)
    names = [name.strip().casefold() for name in header]
    _refuse_header(place, names)
    for place, cells in rows:
        while len(cells) > len(names) and not cells[-1].strip():
            cells.pop()
        if len(cells) == len(names):
            yield place, _record(place, dict(zip(names, map(str.strip, cells), strict=True)))
            continue
        fault = (
            f"{len(cells)} cells under a header of {len(names)}; put double quotes around a cell "
            "that holds what parts the cells"
        )
        refuse(place, place.error(fault))


def _rows(path: Path, text: str) -> Iterator[tuple[Place, list[str]]]:
    """Yield the rows that hold something; their place is the line on which they begin."""
    lines = StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=_delimiter(text), skipinitialspace=True, strict=True)
    while True:
        place = Place(path, f"line {reader.line_num + 1}")
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise place.error(
                f"not CSV ({error}); close the double quotes, and double those inside a cell"
            ) from None
        if any(map(str.strip, cells)):
            yield place, cells


def _record(place: Place, cells: Mapping[str, str]) -> Mapping[str, Any]:
    given = {name: cells[name] for name in _OPTIONAL if cells.get(name)}
    answers = [part.strip() for part in cells["answers"].split(_BETWEEN_ANSWERS)]
    return {
        "id": place.where.removeprefix("line "),
        **given,
        "question": cells["question"],
        "answers": answers if cells["answers"] else [],
    }


def _refuse_header(place: Place, names: Sequence[str]) -> None:
    if missing := [name for name in _REQUIRED if name not in names]:
        raise place.error(f'no column is called "{missing[0]}"; name it so in the header')
    for name in (*_REQUIRED, *_OPTIONAL):
        if names.count(name) > 1:
            raise place.error(
                f'two columns are called "{name}"; leave one (several answers stand in one cell, '
                f'with "{_BETWEEN_ANSWERS}" between)'
            )


def _delimiter(text: str) -> str:
    """Return what parts the columns: that by which the header has the most that are known."""
    known = {*_REQUIRED, *_OPTIONAL}
    return max(
        _DELIMITERS, key=lambda mark: len(known.intersection(_names(_first_line(text), mark)))
    )


def _first_line(text: str) -> str:
    return next(filter(str.strip, StringIO(text, newline="")), "")


def _names(header: str, delimiter: str) -> list[str]:
    try:
        cells = next(csv.reader([header], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return []
    return [cell.strip().casefold() for cell in cells]
