"""Find a gold answer in a text, and a quote in its source: by letters and digits only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from assistant.records import Citation
from index.records import agree

_WORD = re.compile(r"[^\W_]+")
_BETWEEN_QUOTES = ";"  # of an answer that is a list


@dataclass(frozen=True, slots=True)
class Letters:
    """A text's letters and digits in a row, and where in that row its words begin and end."""

    text: str
    starts: frozenset[int]
    ends: frozenset[int]


Parts = tuple[Letters, ...]  # of an answer: of a list there are several


def letters(text: str) -> Letters:
    """Return a text's letters and digits after NFKC and case folding."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    starts, ends, length = set(), set(), 0
    for word in words:
        starts.add(length)
        length += len(word)
        ends.add(length)
    return Letters("".join(words), frozenset(starts), frozenset(ends))


def holds_any(text: Letters, golds: Iterable[Letters]) -> bool:
    """Tell whether some gold answer stands in the text as whole words: "12" is not in "2012"."""
    return any(_holds(text, gold.text) for gold in golds)


def split_parts(answer: str) -> Parts:
    """Return the items of an answer that is a list, "red; blue", or else the answer alone."""
    parts = map(letters, answer.split(_BETWEEN_QUOTES))
    return tuple(part for part in parts if part.text) or (letters(answer),)


def holds_parts(text: Letters, parts: Parts) -> bool:
    """Tell whether every part of an answer stands in the text, in any order and place."""
    return all(holds_any(text, [part]) for part in parts)


def _holds(text: Letters, gold: str) -> bool:
    at = text.text.find(gold) if gold else -1
    while at >= 0:
        if at in text.starts and at + len(gold) in text.ends:
            return True
        at = text.text.find(gold, at + 1)
    return False


def slices_to_quote(citation: Citation, source_text: str) -> bool:
    """Tell whether a citation's source ranges slice this source to what agrees with its quote.

    A source that is not the one cited, a range outside it or an empty quote is never exact.
    """
    inside = all(0 <= start < end <= len(source_text) for start, end in citation.source_ranges)
    sliced = "".join(source_text[start:end] for start, end in citation.source_ranges)
    same_source = sha256(source_text.encode()).hexdigest() == citation.source_sha256
    return inside and same_source and bool(citation.quote) and agree(sliced, citation.quote)
