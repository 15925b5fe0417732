"""The words of questions and answers that can name a topic, and where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from index.terms import is_stop_word, query_terms

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
DATE = re.compile(rf"(?:\d{{1,2}} )?(?:{'|'.join(MONTHS)})\b(?: \d{{4}})?|\b\d[\d.,-]*\b")

_WORD = re.compile(r"[^\W_]+(?:[-/'\u2019.&][^\W_]+)*")
_OF = re.compile(r"\s+of\s+(?:the\s+)?")
_SENTENCE_ENDS = tuple('.?!:"“')


class Mention(NamedTuple):
    """A word that is no stop word, half-open in its text, and the search terms it gives."""

    start: int
    end: int
    terms: tuple[str, ...]
    is_capitalised: bool
    opens_sentence: bool


def mentions(text: str) -> Iterator[Mention]:
    """Yield the words of a text that can name a topic."""
    for match in _WORD.finditer(text):
        word = match[0]
        if is_stop_word(word):
            continue
        before = text[: match.start()].rstrip()
        yield Mention(
            match.start(),
            match.end(),
            tuple(query_terms(word)),
            word[0].isupper() or word[0].isdigit(),
            not before or before.endswith(_SENTENCE_ENDS),
        )


def units(text: str) -> Iterator[list[Mention]]:
    """Yield the names of a text, each as a whole, and its other words."""
    name: list[Mention] = []
    for mention in mentions(text):
        goes_on = name and not text[name[-1].end : mention.start].strip("'\u2019 ")
        if name and not (goes_on and mention.is_capitalised):
            yield name
            name = []
        if mention.is_capitalised:
            name.append(mention)
        else:
            yield [mention]
    if name:
        yield name


def names(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the names of a text stand, half-open; the Sound of Islay is one."""
    found = [(unit[0].start, unit[-1].end) for unit in units(text) if unit[0].is_capitalised]
    while found:
        start, end = found.pop(0)
        while found and _OF.fullmatch(text, end, found[0][0]):
            _, end = found.pop(0)
        yield start, end


def words(text: str) -> list[str]:
    """Return all words of a text in lower case."""
    return [match[0].casefold().replace("\u2019", "'") for match in _WORD.finditer(text)]
