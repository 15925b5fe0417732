"""Questions that leave out what the one before them says: "When?", "And Ukraine?"."""

from __future__ import annotations

import re

from assistant.conversation.mentions import names
from assistant.records import Turn

_BE = r"(?:is|are|was|were)"
_AUXILIARY = rf"(?:{_BE}|do|does|did|has|have|had|can|could|will|would|should|must|may|might)"
_ADVERB = r"(?:(?:since |until )?when|where|why|how|how long|how often)"
_BARE = re.compile(rf"(?:(?:and|but|so) )?({_ADVERB})(?: exactly| so)?\W*", re.IGNORECASE)
_OTHER = re.compile(
    r"(?:(?:and|but|or) )?(?:(?:what|how) about )?"
    r"(?P<other>(?:(?P<place>for|in|at|by|to|from|with|on|of) )?.+?)\W*",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"(?:and|but|or|what about|how about)\b", re.IGNORECASE)
_ASKS = re.compile(
    rf"\b(?:{_ADVERB}|{_AUXILIARY}|who|whom|whose|what|which)\b(?! about)", re.IGNORECASE
)
_ABOUT = re.compile(r"\(about: [^()]*\)$")
_PRONOUN = re.compile(r"\b(?:he|his|him|she|hers?|it|its|they|them|theirs?)\b", re.IGNORECASE)

# The ways in which a question is asked, and how one asks the same with another question word.
_SAME_WITH = tuple(
    (re.compile(pattern, re.IGNORECASE), again)
    for pattern, again in (
        (rf"(?:{_ADVERB}|(?:in|on|at) (?:what|which) \w+) ({_AUXILIARY} .+)", "{asks} {0}"),
        (rf"(?:who|what|which [\w-]+) ({_BE}) (.+)", "{asks} {0} {answer} {1}"),
        (rf"(?:who|whom|what|which .+?|how \w+ .+?) ({_AUXILIARY} .+)", "{asks} {0}"),
        (r"(?:who|what|which [\w-]+) (.+)", "{asks} was it that {answer} {0}"),
    )
)


def fill_in(question: str, before: Turn) -> str | None:
    """Return what a question leaves out that the one before it says; None for a whole question.

    "When?" after "Who built the pier?" and its answer becomes "When was it that Anders Lund built
    the pier?"; and "And Jura?" after "When did Islay join?" becomes "When did Jura join?".
    """
    question = " ".join(question.split())
    asked = " ".join(before.question.split())
    about = found[0] if (found := _ABOUT.search(asked)) else ""
    asked = asked.removesuffix(about).rstrip(" .?!")
    filled = None
    if bare := _BARE.fullmatch(question):
        filled = _ask_again(bare[1], asked, before.answer)
    elif _GOES_ON.match(question) and not _ASKS.search(question) and not _PRONOUN.search(question):
        filled = _ask_of(question, asked)
    return f"{filled}? {about}".rstrip() if filled else None


def _ask_again(asks: str, asked: str, answer: str) -> str | None:
    """Ask the same with another question word."""
    for pattern, again in _SAME_WITH:
        if (found := pattern.fullmatch(asked)) and (answer or "{answer}" not in again):
            return again.format(*found.groups(), asks=asks[0].upper() + asks[1:], answer=answer)
    return None


def _ask_of(question: str, asked: str) -> str | None:
    """Ask the same of another: of what stands after the same preposition, or comes first."""
    other = _OTHER.fullmatch(question)
    if not other:
        return None
    before = rf"\b{other['place']} (?:the )?$" if other["place"] else r"(?:\bthe )?$"
    for start, end in names(asked):
        found = re.search(before, asked[:start], re.IGNORECASE)
        if found and start:  # what opens it is a verb, as in "Name the king"
            return asked[: found.start()] + other["other"] + asked[end:]
    return None
