"""Questions that leave out what the one before them says: "When?", "And Ukraine?"."""

from __future__ import annotations

import re

from assistant.conversation.mentions import DATE
from assistant.conversation.phrases import is_plural, phrases
from assistant.conversation.referents import LONGEST, TOPIC
from assistant.records import Turn
from index.records import Range

_BE = r"(?:is|are|was|were)"
AUXILIARY = rf"(?:{_BE}|do|does|did|has|have|had|can|could|will|would|should|must|may|might)"
PREPOSITION = "(?:for|in|at|by|to|from|with|on|of|under|until|since)"
_ADVERB = (
    r"(?:(?:since |until )?when|where|why|how|how long|how often|how far"
    rf"|{PREPOSITION} (?:whom|what|(?:which|what|how many) [\w-]+)"
    r"|(?:which|what) (?:year|day|month|date|city|town|country|place))"
)
_BARE = re.compile(rf"(?:(?:and|but|so) )?({_ADVERB})(?: exactly| so)?\W*", re.IGNORECASE)
_WHICH = re.compile(r"(?:and )?(?P<asks>which|how many)(?: ones?| of them)?\W*", re.IGNORECASE)
_OF_WHICH = re.compile(r"(?:which|what|how many) ", re.IGNORECASE)
_OTHER = re.compile(
    r"(?:(?:and|but|or) )?(?:(?:what|how) about )?"
    rf"(?P<other>(?:(?P<place>{PREPOSITION}) )?.+?)\W*",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"(?:and|but|or|what about|how about)\b", re.IGNORECASE)
_ASKS = re.compile(
    rf"\b(?:{_ADVERB}|{AUXILIARY}|who|whom|whose|what|which)\b(?! about)", re.IGNORECASE
)
_PRONOUN = re.compile(r"\b(?:he|his|him|she|hers?|it|its|they|them|theirs?)\b", re.IGNORECASE)
_FRONTED = re.compile(
    rf"(?:and |but |so |what about |as for )(?P<subject>(?!{PREPOSITION} )[^,]+), "
    rf"(?P<asks>(?:{_ADVERB}|{AUXILIARY}|which|what) .*)\b(?:he|she|it|they)\b(?P<rest>.*)",
    re.IGNORECASE,
)
_FURTHER = re.compile(rf"(?<= )(?!of ){PREPOSITION}(?= )", re.IGNORECASE)
_AFTER_PREPOSITION = re.compile(rf"\b{PREPOSITION} (?:the )?$", re.IGNORECASE)
_AFTER_WHICH = re.compile(r"\b(?:which|what|many) $", re.IGNORECASE)

# The ways in which a question is asked, and how one asks the same with another question word.
_SAME_WITH = tuple(
    (re.compile(pattern, re.IGNORECASE), again)
    for pattern, again in (
        (rf"{_ADVERB} ({AUXILIARY} .+)", "{asks} {0}"),
        (rf"(?:who|what|which [\w-]+) ({_BE}) (.+)", "{asks} {0} {answer} {1}"),
        (rf"how many ([\w-]+) ({_BE}) (.+)", "{asks} {1} {0} {2}"),
        (r"what (did .+)", "{asks} {0} {answer}"),
        (rf"(?:who|whom|what|which .+?|how \w+ .+?) ({AUXILIARY} .+)", "{asks} {0}"),
        (r"(?:who|what|which [\w-]+) (.+)", "{asks} was it that {answer} {0}"),
        (rf"({AUXILIARY} .+)", "{asks} {0}"),
    )
)


def straighten(question: str) -> str:
    """Put what a question begins with where it belongs: "And Jura, when did it join?"."""
    found = _FRONTED.fullmatch(question)
    if not found:
        return question
    asks = found["asks"]
    return f"{asks[:1].upper()}{asks[1:]}{found['subject']}{found['rest']}"


def fill_in(question: str, before: Turn) -> str | None:
    """Return what a question leaves out that the one before it says; None for a whole question.

    "When?" after "Who built the pier?" and its answer becomes "When was it that Anders Lund built
    the pier?"; and "And Jura?" after "When did Islay join?" becomes "When did Jura join?".
    """
    question = " ".join(question.split())
    asked = " ".join(before.question.split())
    topic = found[0] if (found := TOPIC.search(asked)) else ""
    asked = asked.removesuffix(topic).rstrip(" .?!")
    filled = None
    if bare := _BARE.fullmatch(question):
        answer = before.answer if len(before.answer.split()) <= LONGEST else ""
        filled = _ask_again(bare[1], asked[:1].lower() + asked[1:], answer)
    elif (which := _WHICH.fullmatch(question)) and _OF_WHICH.match(asked):
        filled = _OF_WHICH.sub(f"{which['asks'].capitalize()} ", asked, count=1)
    elif _GOES_ON.match(question) and not _ASKS.search(question) and not _PRONOUN.search(question):
        filled = _ask_of(question, asked)
    return f"{filled}?{topic}" if filled else None


def _ask_again(asks: str, asked: str, answer: str) -> str | None:
    """Ask the same with another question word."""
    for pattern, again in _SAME_WITH:
        if (found := pattern.fullmatch(asked)) and (answer or "{answer}" not in again):
            return again.format(*found.groups(), asks=asks[0].upper() + asks[1:], answer=answer)
    return None


def _ask_of(question: str, asked: str) -> str | None:
    """Ask the same of another: of what stands after the same preposition, or else comes first.

    Of several, as in "And in Oban by 1904?", each takes the place of what stands after its own.
    """
    other = _OTHER.fullmatch(question)
    if not other or not _ASKS.search(asked):
        return None
    text, preposition = other["other"], other["place"]
    if not preposition:
        return _put_in(text, asked)
    for further in _FURTHER.finditer(text):
        first, rest = text[: further.start()].rstrip(), text[further.start() :]
        is_of_time = DATE.search(rest) and not DATE.search(first)  # in Oban, in 1904
        if further[0] != preposition or is_of_time:
            placed = _put_in_place(first, preposition, asked)
            if placed and (both := _ask_of(rest, placed)):
                return both
    return _put_in_place(text, preposition, asked)


def _put_in_place(text: str, preposition: str, asked: str) -> str | None:
    """Replace what stands after a preposition: what has a date where there is one."""
    of_time = DATE.search(text)
    places = [found.span() for found in DATE.finditer(asked)] if of_time else _phrases_in(asked)
    for start, end in places:
        if found := re.search(rf"\b{preposition} (?:the )?$", asked[:start], re.IGNORECASE):
            return asked[: found.start()] + text + asked[end:]
    return None


def _put_in(text: str, asked: str) -> str | None:
    """Replace the first noun phrase that stands alone, or of one with "of" what stands before it.

    "The roof" takes the place of the pier in "the pier of Oban", not of Oban.
    """
    is_kind = text.islower() and not text.startswith("the ")  # cars, of "how many boats"
    for start, end in _phrases_in(asked):
        is_after_which = _AFTER_WHICH.search(asked[:start]) is not None
        if is_kind and not (is_after_which and is_plural(text.split()[-1])):
            continue
        if not is_kind and (is_after_which or _AFTER_PREPOSITION.search(asked[:start])):
            continue
        head = asked[start:end].partition(" of ")[0]
        is_of_it = text.islower() and head.islower() and " of " not in text
        return asked[:start] + text + asked[start + len(head) if is_of_it else end :]
    return None


def _phrases_in(asked: str) -> list[Range]:
    return [(phrase.start, phrase.end) for phrase in phrases(asked)]
