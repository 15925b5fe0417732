"""Search terms: what BM25 counts, the same for passages and queries.

A word is folded (compatibility forms, case, diacritics), freed of a possessive, and stemmed.
A compound gives its whole and its parts, so that ``NATO-Russia`` and ``NATO Russia``,
``co-operation`` and ``cooperation``, ``9/11`` and ``9/11/2001`` find each other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from hashlib import blake2b

import numpy as np
import Stemmer
from numpy.typing import NDArray

_TOKEN = re.compile(
    r"""
    (?:[^\W\d_]\.){2,}[^\W\d_]?(?![^\W_])         # U.S., U.S.A
  | \d{1,3}(?:,\d{3})+(?:\.\d+)?(?![^\W_])        # 1,000
  | \d+(?:\.\d+)+(?![^\W_])                       # 3.5, 27.05.1997
  | [^\W_]+(?:[-/'][^\W_]+)*                      # NATO-Russia, 9/11, Russia's
    """,
    re.VERBOSE,
)
_ABBREVIATION = re.compile(r"(?:[^\W\d_]\.){2,}[^\W\d_]?")
_QUANTITY = re.compile(r"\d+(?:,\d+)*(?:\.\d+)?")
_CONTRACTION = re.compile(r"'(?:s|t|re|ve|ll|d|m)$")
_SEPARATOR = re.compile(r"[-/'.]")
# What NFKD leaves as it is: marks and soft hyphens are dropped, the rest gets its ASCII form.
_FOLDED = str.maketrans(
    {
        **dict.fromkeys(map(chr, range(0x0300, 0x0370)), ""),
        "\u00ad": "",
        **dict(zip("\u2010\u2013\u2018\u2019\u02bc", "--'''", strict=True)),
        **dict(zip("łŁøØđĐðÐħĦı", "lLoOdDdDhHi", strict=True)),
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "Œ": "OE",
        "þ": "th",
        "Þ": "TH",
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

    Passages keep theirs, so that a query of nothing else still searches: then all of its terms
    are returned. A word in capitals (``WHO``, ``IT``) is an acronym and no stop word.
    """
    tokens = _tokens(query.lower() if query.isupper() else query)
    kept = [token for token in tokens if not is_stop_word(token)]
    return [term for token in kept or tokens for term in _terms_of(token)]


def term_hashes(terms: Collection[str]) -> NDArray[np.uint64]:
    """Return the 64-bit hashes that stand for terms, (terms,)."""
    digests = (
        blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest() for term in terms
    )
    return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64)


def _tokens(text: str) -> list[str]:
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).translate(_FOLDED)
    return _TOKEN.findall(text)


@lru_cache(maxsize=2**16)
def is_stop_word(token: str) -> bool:
    """Tell whether a word says nothing of a topic; in capitals it is an acronym and does."""
    is_acronym = len(token) > 1 and token.isupper()
    return not is_acronym and _CONTRACTION.sub("", token.casefold()) in _STOP_WORDS


@lru_cache(maxsize=2**16)
def _terms_of(token: str) -> tuple[str, ...]:
    # A Stemmer must not be shared between threads; making one takes half a microsecond.
    stem = Stemmer.Stemmer("english", 0).stemWord
    word = _CONTRACTION.sub("", token.casefold())
    if _ABBREVIATION.fullmatch(token):  # which "ß.g." is, but "ss.g." is not
        return (stem(word.replace(".", "")),)
    if _QUANTITY.fullmatch(word):
        return (word.replace(",", ""),)
    parts = _SEPARATOR.split(word)
    if len(parts) == 1:
        return (stem(word),)
    whole = word if all(part.isdigit() for part in parts) else "".join(parts)
    return (stem(whole), *map(stem, parts))
