"""Words, dates and marks, each tagged with the part that it plays in its sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from assistant.drafting.dates import find_dates
from index.records import Range


class Tag(StrEnum):
    """The part that a word plays: one letter, so that a sentence's shape is a string."""

    NAME = "N"
    NOUN = "n"
    ADJECTIVE = "a"
    NUMBER = "#"
    DATE = "T"
    PARTIAL_DATE = "m"  # without its year
    DETERMINER = "D"
    PRONOUN = "u"
    PREPOSITION = "p"
    TO = "o"
    AND = "c"
    LINK = "s"  # opens a clause: that, which, because
    ADVERB = "r"
    NOT = "!"
    BE = "b"
    HAVE = "h"
    DO = "d"
    MODAL = "x"
    PAST = "P"  # and no participle
    PAST_OR_PARTICIPLE = "V"
    PARTICIPLE = "q"
    PRESENT = "Z"  # of the third person
    BASE = "B"
    GERUND = "g"
    COMMA = ","
    STOP = "."
    UNKNOWN = "?"


class Token(NamedTuple):
    """A word, a date or a mark, half-open in its document's reading text."""

    text: str
    start: int
    end: int
    tag: Tag


_TOKEN = re.compile(
    r"""
    (?:[^\W\d_]\.){2,}                                  # U.S.
  | (?:Mr|Mrs|Ms|Dr|St|Prof|Gen|Col|Lt|Capt|Sen|Gov)\.
  | [^\W\d_]\.(?=\s+[^\W\d_])                          # George W. Bush
  | [$\u00a3\u20ac]?\d+(?:[-.,\u2013]\d+)*%?(?!\w)      # 4,500 and EUR 12.50
  | [^\W_]+(?:[-'\u2019&.][^\W_]+)*(?:(?<=s)['\u2019](?=\s))?
  | \S
    """,
    re.VERBOSE,
)
_ASIDE = re.compile(r"\([^()]*\)")
Tokens = tuple[Token, ...]


def shape(tokens: Sequence[Token]) -> str:
    """Return the tags of words as one string, to match patterns against."""
    return "".join(token.tag for token in tokens)


def span_of(tokens: Sequence[Token]) -> Range:
    """Return where words stand, from the first to the last."""
    return tokens[0].start, tokens[-1].end


def cut(text: str, sentence: Range) -> Iterator[tuple[Range, Tag | None]]:
    """Yield where the words, dates and marks of a sentence stand, and the tags of the dates.

    What stands in brackets is left out.
    """
    asides = [match.span() for match in _ASIDE.finditer(text, *sentence)]
    dates = list(find_dates(text, *sentence))
    position = sentence[0]
    while match := _TOKEN.search(text, position, sentence[1]):
        position = match.end()
        if aside := next((end for start, end in asides if start <= match.start() < end), None):
            position = aside
        elif date := next((date for date in dates if date.start <= match.start() < date.end), None):
            position = date.end
            yield (date.start, date.end), Tag.DATE if date.is_complete else Tag.PARTIAL_DATE
        else:
            yield match.span(), None
