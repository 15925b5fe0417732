"""Dates in text: complete with their year, or not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?)"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DAYS = rf"{_DAY}(?:(?:\ (?:and|to)\ |[-\u2013]){_DAY})?"
_YEAR = r"(?:1[5-9]|20)\d\d"
_SEASON = r"(?:[Ss]pring|[Ss]ummer|[Aa]utumn|[Ww]inter)"
_DATE = re.compile(
    rf"""
    (?<![\w.,-])(?:(?P<complete>
        (?:(?:[Ee]arly|[Mm]id|[Ll]ate)[ -])?
        (?: \d{{4}}-\d\d(?:-\d\d)?
          | {_DAYS}\ (?:of\ )?{_MONTH},?\ {_YEAR}
          | {_MONTH}\ {_DAYS},?\ {_YEAR}
          | {_MONTH},?\ (?:of\ )?{_YEAR}
          | {_SEASON}\ (?:of\ )?{_YEAR}
          | {_YEAR} ))
    | {_DAYS}\ (?:of\ )?{_MONTH}
    | {_MONTH}\ {_DAYS}
    | {_MONTH}
    | (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day
    )(?!\w|[-\u2013/.,]\d)
    """,
    re.VERBOSE,
)

_NUMERIC = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)(?:-(?P<day>\d\d))?")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


class Date(NamedTuple):
    """A date, half-open in its text."""

    start: int
    end: int
    is_complete: bool  # it names the year


def find_dates(text: str, start: int, end: int) -> Iterator[Date]:
    """Yield the dates in a stretch of a text."""
    for match in _DATE.finditer(text, start, end):
        yield Date(match.start(), match.end(), match["complete"] is not None)


def is_same_date(one: str, other: str) -> bool:
    """Tell whether two texts are the same month or day, however it is written: not only a year."""
    numbers = _numbers(one)
    return numbers is not None and numbers == _numbers(other)


def _numbers(text: str) -> tuple[int, ...] | None:
    """Return the year, the month and, where it is told, the day of a date that is all of a text."""
    found = [text[date.start : date.end] for date in find_dates(text, 0, len(text))]
    if len(found) != 1 or text.removeprefix("on ").removeprefix("in ") != found[0]:
        return None
    if match := _NUMERIC.fullmatch(found[0]):
        return tuple(int(part) for part in match.groups() if part)
    year, month = re.search(_YEAR, found[0]), re.search(_MONTH, found[0])
    days = re.findall(r"(?<!\d)\d{1,2}(?!\d)", found[0])
    if not (year and month) or len(days) > 1:
        return None
    return int(year[0]), 1 + _MONTHS.index(month[0][:3].lower()), *map(int, days)
