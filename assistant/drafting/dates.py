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


class Date(NamedTuple):
    """A date, half-open in its text."""

    start: int
    end: int
    is_complete: bool  # it names the year


def find_dates(text: str, start: int, end: int) -> Iterator[Date]:
    """Yield the dates in a stretch of a text."""
    for match in _DATE.finditer(text, start, end):
        yield Date(match.start(), match.end(), match["complete"] is not None)
