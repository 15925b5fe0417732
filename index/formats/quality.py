"""How well text was extracted: a share of words, from 0 to 1."""

from __future__ import annotations

import re
import unicodedata

_TOKEN = re.compile(r"\S+")
_WORD = re.compile(r"\W*(?:[^\W\d_]{1,30}(?:['\u2019./-][^\W\d_]{1,30})*|[\d.,:/%°-]+)\W*")
_BAD = frozenset({"Cc", "Cn", "Co", "Cs"})  # control, unassigned, private, surrogate


def text_quality(text: str) -> float:
    """Return the share of characters that stand in words, numbers or punctuation.

    Tokens that mix letters, digits and signs count half, since some are right ("CFE-1A"), and
    those that hold replacement, control, private or unassigned characters count nothing.

    Returns:
        0 to 1; 0 for text without any token.
    """
    total = good = 0.0
    for match in _TOKEN.finditer(text.replace("\x02", "")):
        token = match.group()
        total += len(token)
        if token.isascii() or not any(map(_is_bad, token)):
            good += len(token) * (1.0 if _WORD.fullmatch(token) else 0.5)
    return good / total if total else 0.0


def _is_bad(character: str) -> bool:
    return character == "\ufffd" or unicodedata.category(character) in _BAD
