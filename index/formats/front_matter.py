"""What documents say about themselves: titles and dates, in the forms they come in."""

from __future__ import annotations

import re
from datetime import date, datetime

_MAX_TITLE = 150  # characters
_MAX_TITLE_WORDS = 20
_SENTENCE_END = re.compile(r"""[.,;:]["'\u201d\u2019)]?$""")
_ISO = re.compile(r"(\d{4})(?:-?(\d\d)(?:-?(\d\d))?)?(?!\d)")
_LONG_DATES = ("%d %B %Y", "%B %d, %Y", "%d %b %Y", "%b %d, %Y", "%d.%m.%Y")


def looks_like_title(line: str) -> bool:
    """Tell whether a document's first line reads as its title rather than as a sentence."""
    return (
        0 < len(line) <= _MAX_TITLE
        and len(line.split()) <= _MAX_TITLE_WORDS
        and any(map(str.isalpha, line))
        and not _SENTENCE_END.search(line)
    )


def iso_date(text: str) -> str | None:
    """Return a written date as ISO 8601, as exact as it is written; None if it is none.

    >>> iso_date("27 May 1997"), iso_date("2002-05-28T10:00:00Z"), iso_date("1999-04")
    ('1997-05-27', '2002-05-28', '1999-04')
    """
    text = text.strip()
    if match := _ISO.match(text):
        parts = [part for part in match.groups() if part]
        written = "-".join(parts)
        try:
            date.fromisoformat("-".join([*parts, "01", "01"][:3]))
        except ValueError:
            return None
        return written
    for form in _LONG_DATES:
        try:
            return datetime.strptime(text, form).date().isoformat()
        except ValueError:
            continue
    return None
