"""Search terms: what BM25 counts, the same for passages and queries.

A word is folded (compatibility forms, case, diacritics), freed of a possessive, and stemmed.
A hyphenated or slashed word gives its whole and its parts, so ``NATO-Russia`` and ``NATO Russia``,
``co-operation`` and ``cooperation`` find each other.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import Stemmer

_HYPHENS = "-\u2010\u2013"
_TOKEN = re.compile(
    rf"""
    (?:[^\W\d_]\.){{2,}}[^\W\d_]?(?![^\W_])     # U.S., U.S.A
  | \d+(?:[.,]\d+)+(?![^\W_])                   # 1,000 and 3.5
  | [^\W_]+(?:[{_HYPHENS}/'][^\W_]+)*           # NATO-Russia, 9/11, Russia's
    """,
    re.VERBOSE,
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)+")
_CONTRACTION = re.compile(r"'(?:s|t|re|ve|ll|d|m)(?=\W|$)")
_SEPARATOR = re.compile(rf"[{_HYPHENS}/']")
# Letters that Unicode does not decompose, quotation marks used as apostrophes, and what is dropped:
# combining diacritics and the soft hyphen.
_FOLDED = str.maketrans(
    {
        **dict.fromkeys(range(0x0300, 0x0370)),
        0x00AD: None,
        **dict(zip("\u2018\u2019\u02bc", "'''", strict=True)),
        **dict(zip("łŁøØđĐðÐħĦı", "lLoOdDdDhHi", strict=True)),
        **{"æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "TH"},
    }
)
_STOP_WORDS = frozenset(
    """
    a about above after again against all also am an and any are as at be because been before being
    below between both but by can could did do does doing don down during each few for from further
    had has have having he her here hers herself him himself his how i if in into is it its itself
    just me more most my myself no nor not now of off on once only or other our ours ourselves out
    over own same she should so some such than that the their theirs them themselves then there
    these they this those through to too under until up very was we were what when where which while
    who whom whose why will with would you your yours yourself yourselves
    """.split()
)


def terms(text: str) -> list[str]:
    """Return the stemmed search terms of a text, in order, repeats included."""
    return [term for token in _tokens(text) for term in _terms_of(token)]


def query_terms(query: str) -> list[str]:
    """Return the search terms of a query without its stop words.

    A passage keeps its stop words, so that a query of nothing else still searches: then all of
    its terms are returned. An acronym (``WHO``, ``IT``) is no stop word.
    """
    tokens = _tokens(query)
    shouted = query.isupper()
    kept = [
        token
        for token in tokens
        if (token.isupper() and len(token) > 1 and not shouted)
        or _CONTRACTION.sub("", token).lower() not in _STOP_WORDS
    ]
    return [term for token in kept or tokens for term in _terms_of(token)]


def _tokens(text: str) -> list[str]:
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).translate(_FOLDED)
    return _TOKEN.findall(text)


@lru_cache(maxsize=2**16)
def _terms_of(token: str) -> tuple[str, ...]:
    word = token.casefold()
    if _NUMBER.fullmatch(word):
        return (word.replace(",", ""),)
    word = _CONTRACTION.sub("", word.replace(".", ""))
    parts = _SEPARATOR.split(word)
    # A Stemmer must not be shared by threads, and making one costs less than a microsecond.
    stemmer = Stemmer.Stemmer("english", 0)
    if len(parts) == 1:
        return (stemmer.stemWord(word),)
    whole = word if word[0].isdigit() else "".join(parts)
    return (stemmer.stemWord(whole), *stemmer.stemWords(parts))
