"""Weights of the history's terms → a question that a person can read and that stands alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from assistant.conversation.mentions import Mention, units
from assistant.records import Turn

_LIKELY = 0.4  # enough for a word or a name to be carried over

_PRONOUN = re.compile(  # "IT" is an acronym
    r"\b(?:([Hh]e|him|[Ss]he|[Ii]t|[Tt]hey|them)|([Hh]is|[Hh]ers?|[Ii]ts|[Tt]heirs?))\b"
)
_IN_PHRASE = re.compile(r",?\s+(?:(?:of|the|and|for|in|on|to|with|between)\s+){0,2}")
_ARTICLE = re.compile(r"\bthe\s+$", re.IGNORECASE)
_POSSESSIVE = re.compile("['\u2019]s?$")


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Words of the history that stand together."""

    text: str
    terms: frozenset[str]
    is_name: bool
    weight: float


def rewrite(question: str, history: Sequence[Turn], weights: Mapping[str, float]) -> str:
    """Say what a question means.

    A pronoun gives way to the name that it most likely stands for; what else is meant follows as
    "(about: …)".

    Args:
        question: As it was asked.
        history: The turns before it.
        weights: The probability of each of the history's terms that the question means it without
            saying it.
    """
    phrases = _cover(history, weights)
    names = [phrase for phrase in phrases if phrase.is_name]
    pronoun = _PRONOUN.search(question)
    if names and pronoun:
        name = max(names, key=lambda phrase: phrase.weight)
        question = _put(question, pronoun, name.text)
        phrases.remove(name)
    if not phrases:
        return question
    return f"{question} (about: {', '.join(phrase.text for phrase in phrases)})"


def _put(question: str, pronoun: re.Match[str], name: str) -> str:
    if pronoun[2]:
        name += "'" if name.endswith("s") else "'s"
    if pronoun.start() == 0:
        name = name[0].upper() + name[1:]
    return question[: pronoun.start()] + name + question[pronoun.end() :]


def _cover(history: Sequence[Turn], weights: Mapping[str, float]) -> list[_Phrase]:
    """Choose phrases that hold all that is meant: those with most of it, the shorter of equals."""
    texts = [text for turn in reversed(history) for text in (turn.question, turn.answer)]
    phrases = [phrase for text in texts for phrase in _phrases(text, weights)]
    missing = {term for phrase in phrases for term in phrase.terms}
    chosen = []
    while missing:
        best = max(phrases, key=lambda phrase: (len(phrase.terms & missing), -len(phrase.terms)))
        missing -= best.terms
        chosen.append(best)
    return chosen


def _phrases(text: str, weights: Mapping[str, float]) -> Iterator[_Phrase]:
    """Yield what is meant of a text; words and names that stand together are one phrase.

    A name is carried over as a whole or not at all.
    """
    together: list[list[Mention]] = []
    for unit in units(text):
        if _weight(unit, weights) <= _LIKELY:
            continue
        if together and not (
            unit[0].is_capitalised == together[-1][0].is_capitalised
            and _IN_PHRASE.fullmatch(text, together[-1][-1].end, unit[0].start)
        ):
            yield _phrase(text, together, weights)
            together = []
        together.append(unit)
    if together:
        yield _phrase(text, together, weights)


def _weight(unit: Sequence[Mention], weights: Mapping[str, float]) -> float:
    """Return the mean weight of a unit's words, without those that the question has itself."""
    found = [
        max(weights[term] for term in mention.terms if term in weights)
        for mention in unit
        if not weights.keys().isdisjoint(mention.terms)
    ]
    return fmean(found) if found else 0.0


def _phrase(text: str, units: Sequence[list[Mention]], weights: Mapping[str, float]) -> _Phrase:
    start, end = units[0][0].start, units[-1][-1].end
    end = start + len(_POSSESSIVE.sub("", text[start:end]))
    if article := _ARTICLE.search(text, 0, start):
        start = article.start()
    words = [mention for unit in units for mention in unit]
    return _Phrase(
        text[start:end],
        frozenset(term for word in words for term in word.terms if term in weights),
        is_name=any(word.is_capitalised for word in words),
        weight=max(_weight(unit, weights) for unit in units),
    )
