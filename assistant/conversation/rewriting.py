"""Weights of the history's terms → a question that says what it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from assistant.conversation.mentions import DATE, Mention, units
from assistant.conversation.phrases import phrases
from assistant.records import Turn
from index.terms import query_terms

# Enough for a word or a name to be carried over: to a question that has a name itself, and to one
# that has none, and hardly ever stands alone.
_LIKELY = 0.5
_LIKELY_WITHOUT_NAME = 0.3

_CAPITALISED = r"[^\W\d_a-z][\w-]*+"
_IS_WHAT_A_NAME_MEANS = re.compile(  # "the GDP" and "the President" are those of something
    rf"(?:[Ww]hat|[Ww]ho) (?:is|are|was|were) {_CAPITALISED}(?: {_CAPITALISED})*\W*"
    rf"|[Ww]hat (?:is|are|was|were) the {_CAPITALISED}(?: {_CAPITALISED})+\W*"
    rf"|[Ww]hat does (?:the )?{_CAPITALISED}(?: {_CAPITALISED})* (?:mean|stand for)\W*"
)


@dataclass(frozen=True, slots=True)
class _Topic:
    """A noun phrase or a name of the history, with its terms that the question does not have."""

    text: str
    terms: frozenset[str]


def rewrite(question: str, history: Sequence[Turn], weights: Mapping[str, float]) -> str:
    """Say what a question is about, as "(about: …)" behind it, unless that is all it asks.

    Args:
        question: As it was asked.
        history: The turns before it.
        weights: The probability of each of the history's terms that the question means it without
            saying it.
    """
    if _IS_WHAT_A_NAME_MEANS.fullmatch(question):
        return question
    has_name = any(letter.isupper() or letter.isdigit() for letter in question[1:])
    enough = _LIKELY if has_name else _LIKELY_WITHOUT_NAME
    texts = [text for turn in reversed(history) for text in (turn.question, turn.answer)]
    found = [topic for text in texts for topic in _topics(text, weights, enough)]
    topics = "; ".join(topic.text for topic in _cover(found))
    return f"{question} (about: {topics})" if topics else question


def _cover(topics: Sequence[_Topic]) -> Iterator[_Topic]:
    """Yield topics that hold all that is meant: those with most of it, the shorter of equals."""
    missing = {term for topic in topics for term in topic.terms}
    while missing:
        best = max(topics, key=lambda topic: (len(topic.terms & missing), -len(topic.text)))
        missing -= best.terms
        yield best


def _topics(text: str, weights: Mapping[str, float], enough: float) -> Iterator[_Topic]:
    """Yield what is meant of a text: its names, and the noun phrases that a likely word stands in.

    A name is carried over as a whole or not at all, a date never: it is another answer's.
    """
    described = list(phrases(text))
    for unit in units(text):
        start, end = unit[0].start, unit[-1].end
        if DATE.match(text, start) or _weight(unit, weights) <= enough:
            continue
        around = (phrase for phrase in described if phrase.start <= start and end <= phrase.end)
        phrase = next(around, None)
        if phrase or unit[0].is_capitalised:
            shown = phrase.text if phrase else text[start:end]
            yield _Topic(shown, frozenset(query_terms(shown)) & weights.keys())


def _weight(unit: Sequence[Mention], weights: Mapping[str, float]) -> float:
    """Return the mean weight of a unit's words, without those that the question has itself."""
    found = [
        max(weights[term] for term in mention.terms if term in weights)
        for mention in unit
        if not weights.keys().isdisjoint(mention.terms)
    ]
    return fmean(found) if found else 0.0
