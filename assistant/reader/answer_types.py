"""What kind of answer a question asks for, told from its question word."""

from __future__ import annotations

import re

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_NUMBERS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|twenty|thirty|forty|fifty|"
    "sixty|seventy|eighty|ninety|hundred|thousand|million|billion|once|twice|half"
)
_DATE = re.compile(rf"\b(?:1\d{{3}}|20\d\d)s?\b|\b\d{{1,2}} (?:{_MONTHS})|\b(?:{_MONTHS}) \d")
_QUANTITY = re.compile(rf"\d|\b(?:{_NUMBERS})\b", re.IGNORECASE)
_NAME = re.compile(r"\b[A-Z]")

_ASKED = (
    (re.compile(r"(?i)\b(?:when|(?:what|which) (?:year|date|day|month|decade|century))\b"), _DATE),
    (re.compile(r"(?i)\bhow (?:many|much|long|old|far|often|large|big|high|tall)\b"), _QUANTITY),
    (re.compile(r"(?i)\b(?:who|whom|whose)\b"), _NAME),
    (re.compile(r"(?i)\b(?:where|(?:what|which) (?:country|city|town|place|state))\b"), _NAME),
)


def expected_answer(question: str) -> re.Pattern[str] | None:
    """Return what an answer must hold to be of the kind asked for, or None when that is open.

    The question words are English; any other question is open.
    """
    return next((answer for asked, answer in _ASKED if asked.search(question)), None)
