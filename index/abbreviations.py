"""Abbreviations that passages explain: a question is searched and read in the words they use.

A report says "Permanent Joint Council (PJC)" once and "PJC" ever after; neither the search nor a
reader knows that they are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_IN_BRACKETS = re.compile(r"\(([^\W_][\w&/.-]{1,9})\)")
_ROMAN = re.compile(r"[IVX]+")
_CAPITALS = 2  # or more
_LONGEST = 200  # characters that one may stand for


def find_abbreviations(texts: Iterable[str]) -> dict[str, str]:
    """Return the abbreviations that stand in brackets after what they stand for.

    The letters of one are looked for from the last to the first in the words before it, after
    Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical
    text", 2003. One that stands for two things is left out.
    """
    found: dict[str, str] = {}
    disputed = set()
    for text in texts:
        for match in _IN_BRACKETS.finditer(text):
            short = match[1]
            if not _is_short(short) or _ROMAN.fullmatch(short):
                continue
            most = min(len(short) + 5, 2 * len(short))
            before = text[max(0, match.start() - _LONGEST) : match.start()].split()[-most:]
            long = _expansion(short, " ".join(before))
            if long and _singular(found.setdefault(short, long)) != _singular(long):
                disputed.add(short)
    return {short: long for short, long in found.items() if short not in disputed}


def names_in(question: str, abbreviations: Mapping[str, str]) -> dict[str, str]:
    """Return the names in a question that have another form, short or long, with that form.

    One of which the question has both forms needs no other.
    """
    asked = " ".join(question.split()).casefold()
    found = {
        name: other
        for short, long in abbreviations.items()
        for name, other in ((short, long), (long, short))
        if name.casefold() in asked  # compiles no pattern for those of a whole glossary
        and re.search(_pattern(name), question)
    }
    return {name: other for name, other in found.items() if other not in found}


def put_in_other_words(question: str, names: Mapping[str, str]) -> str:
    """Return a question with the other form of each of its names.

    Args:
        question: The question.
        names: Those in it that have another form, with that form.
    """
    if not names:
        return question
    # All at once, longer names first: what is put in is never replaced again.
    forms = sorted(names.items(), key=lambda pair: -len(pair[0]))
    either = "|".join(f"({_pattern(name)})" for name, _ in forms)
    return re.sub(either, lambda match: forms[(match.lastindex or 1) - 1][1], question)


def put_in_words_of(text: str, question: str, names: Mapping[str, str]) -> str:
    """Return a question with the form of each name that a text uses, if it uses one alone.

    Args:
        text: What the question is put to.
        question: The question.
        names: Those in it that have another form, with that form.
    """
    used = {
        name: other
        for name, other in names.items()
        if re.search(_pattern(other), text) and not re.search(_pattern(name), text)
    }
    return put_in_other_words(question, used)


def _is_short(name: str) -> bool:
    return " " not in name and sum(map(str.isupper, name)) >= _CAPITALS


def _singular(name: str) -> str:
    return name.casefold().removesuffix("s")


def _pattern(name: str) -> str:
    spaced = r"\s+".join(map(re.escape, name.split()))
    return rf"(?<!\w){spaced}(?!\w)" if _is_short(name) else rf"(?<!\w)(?i:{spaced})(?!\w)"


def _expansion(short: str, words: str) -> str | None:
    """Return the end of the words that has the letters of an abbreviation in their order."""
    at = len(words)
    letters = [letter for letter in short.casefold() if letter.isalnum()]
    for left, letter in reversed(list(enumerate(letters))):
        at -= 1
        while at >= 0 and not (
            words[at].casefold() == letter and (left or not words[at - 1 : at].isalnum())
        ):
            at -= 1
        if at < 0:
            return None
    long = words[at:].removesuffix("'s").removesuffix("\N{RIGHT SINGLE QUOTATION MARK}s")
    return long if len(long) > len(short) and "(" not in long else None
