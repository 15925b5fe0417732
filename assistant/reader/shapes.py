"""How a span is cut out of its text: whole words, whole names, one thing at a time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from index.terms import is_stop_word

_WORD = re.compile(
    r"""
    (?:[^\W\d_]\.){2,}[^\W\d_]?           # U.S.
  | \d+(?:[.,]\d+)+                       # 1,200.5
  | [^\W_\u0e00-\u0eff\u3040-\u9fff]+     # of no script that writes words without spaces
    """,
    re.VERBOSE,
)
_COMMA = re.compile(r",(?!\s?\d)")  # but not a number's or a date's
_STOP = re.compile(r"[;:]")
_OPENING, _CLOSING = re.compile(r"[(\[]"), re.compile(r"[)\]]")

Offsets = NDArray[np.int64]


class Shapes:
    """Tells what spans of a text look like.

    A reader judges an answer's start and its end apart from each other. Whether what lies between
    them holds together is seen here.

    Args:
        text: What the spans are cut out of.
    """

    def __init__(self, text: str) -> None:
        words = list(_WORD.finditer(text))
        self._starts, self._ends = np.array([word.span() for word in words]).reshape(-1, 2).T
        is_stop = np.array([is_stop_word(word[0]) for word in words], bool)
        is_big = np.array([word[0][0].isupper() for word in words], bool)
        is_number = np.array([word[0][0].isdigit() for word in words], bool)
        self._big = self._starts[is_big]
        self._common = self._starts[~(is_stop | is_big | is_number)]
        self._inside_names = _spaces(text, words, is_big & ~is_stop)
        self._commas, self._stops, self._openings, self._closings = (
            np.array([sign.start() for sign in signs.finditer(text)], np.int64)
            for signs in (_COMMA, _STOP, _OPENING, _CLOSING)
        )

    def cut_words(self, places: Offsets) -> NDArray[np.bool_]:
        """Tell at which places a span would begin or end inside a word, (places,)."""
        begun = np.searchsorted(self._starts, places, side="left")
        return begun > np.searchsorted(self._ends, places, side="right")

    def faults(self, starts: Offsets, ends: Offsets) -> NDArray[np.float64]:
        """Count what speaks against spans, (spans,).

        Commas, stops and brackets join two things: each kind is a fault, and so is half a pair of
        brackets, and either end inside a name. That a span is a name makes up for one.

        Args:
            starts: Where each span starts, (spans,).
            ends: Where each ends, likewise.
        """
        openings, closings = (_held(at, starts, ends) for at in (self._openings, self._closings))
        faults = (
            (_held(self._commas, starts, ends) > 0),
            (_held(self._stops, starts, ends) > 0),
            openings + closings > 0,
            openings != closings,
            np.isin(starts - 1, self._inside_names),
            np.isin(ends, self._inside_names),
        )
        has_common = _held(self._common, starts, ends) > 0
        is_name = (_held(self._big, starts, ends) > 0) & ~has_common
        return np.sum(faults, axis=0, dtype=np.float64) - is_name


def _spaces(text: str, words: Sequence[re.Match[str]], in_names: NDArray[np.bool_]) -> Offsets:
    """Return where the spaces between two words of a name stand."""
    ends = np.array([word.end() for word in words[:-1]], np.int64)
    is_space = np.array(
        [text[one.end() : other.start()] == " " for one, other in pairwise(words)], bool
    )
    return ends[is_space & in_names[:-1] & in_names[1:]]


def _held(places: Offsets, starts: Offsets, ends: Offsets) -> NDArray[np.int64]:
    """Count the places that each span holds, (spans,)."""
    return np.searchsorted(places, ends) - np.searchsorted(places, starts)
