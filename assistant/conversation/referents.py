"""What the turns before a question spoke of, so that a pronoun can stand for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.conversation.phrases import Kind, Phrase, phrases
from assistant.records import Turn

TOPIC = re.compile(r" \(about: .*\)$")  # of a question, as it was understood
LONGEST = 12  # words of an answer that a pronoun stands for
_OF_TIME = "(?:year|month|day|date|decade|century|week|time|season)"
_OF_PLACE = "(?:city|town|village|country|state|place|region|port|street|island)"
_BE_OR_DO = "(?:is|are|was|were|do|does|did|has|have|had)"
_ASKS_FOR = re.compile(
    rf"\b(?:(?P<time>when|(?:what|which) {_OF_TIME})"
    rf"|(?P<place>where|(?:what|which) {_OF_PLACE})"
    r"|(?P<person>who(?:m|se)?)"
    r"|(?P<reason>how|why)"
    rf"|(?P<named>which|what(?= [\w-]+ {_BE_OR_DO}\b))"
    r"|(?P<thing>what))\b",
    re.IGNORECASE,
)
_DEED = re.compile(r"\b(?:do|done|say|said|happen|happens|happened|mean)\b", re.IGNORECASE)
_NAMED = re.compile(r"(?:[Tt]he|[Aa]n?) |[^\W\d_a-z]")  # as an answer to "What?" begins
_LEADS_IN = re.compile(r"^(?:in|at|on|from|by|to|near|off|into) ", re.IGNORECASE)
_CLAUSE = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|do|does|did|would|will|can|could)\b|n['\u2019]t\b"
)
_CAPITALISED = r"[^\W\d_a-z][\w'\u2019-]*\.?"
_NAME = re.compile(
    rf"(?P<article>\b(?:[Tt]he|[Aa]n?) )?\b(?P<name>{_CAPITALISED}(?: {_CAPITALISED})*)"
)
_NO_PERSON = re.compile(r"\band\b|;|\d|^some\b")
_IS_A = re.compile(  # but not in "When was a ceasefire agreed?"
    r"\b(?!(?:what|which|who|when|where|why|how) )\w+ "
    r"(?:be|been|is|are|was|were|become|becomes|became) $",
    re.IGNORECASE,
)
_INDEFINITE = re.compile(r"an? ", re.IGNORECASE)
_ASIDE = re.compile(r"\b(?:in|at|on|from|into|near|with|by|for|to) (?:the )?$", re.IGNORECASE)
COMPLEMENT = re.compile(r" (?:of|in|at|on|between) ")
_SEVERAL = re.compile(r"\band\b|;|\b(?:two|three|four|five|six|seven|eight|nine|ten|\d+) |[^sui]s$")


@dataclass(frozen=True, slots=True)
class Referent:
    """Something that was spoken of.

    Attributes:
        text: Its name, or what it was called.
        kind: What it can be.
        is_in_focus: It was answered, and is spoken of still.
        place: The how-manieth it is in its question, from 0; 0 where that is only about it.
        is_aside: It only says more of something else, behind a preposition.
    """

    text: str
    kind: Kind
    is_in_focus: bool = False
    place: int = 0
    is_aside: bool = False


def referents(history: Sequence[Turn]) -> Iterator[Referent]:
    """Yield what was spoken of, from the last turn back: a turn's answer, then its question's."""
    turns = [(turn, _answered(turn)) for turn in reversed(history)]
    known = _known(turns)
    if both := _both([answer for _, answer in turns[:2]]):
        yield both
    in_focus = _focus(turns[:2])
    for age, (turn, answer) in enumerate(turns):
        if answer:
            yield replace(answer, is_in_focus=age == in_focus)
        topic = TOPIC.search(turn.question)
        for place, phrase in enumerate(phrases(turn.question)):
            before = turn.question[: phrase.start]
            is_topic = topic is not None and phrase.start > topic.start()
            said = Referent(
                phrase.text,
                known.get(phrase.text, phrase.kind),
                place=0 if is_topic else place,
                is_aside=_ASIDE.search(before) is not None,
            )
            if not (_IS_A.search(before) and _INDEFINITE.match(phrase.text)):
                yield said
            for within in _within(phrase.text):
                if (kind := known.get(within.text, within.kind)) is not Kind.NAME:
                    yield replace(said, text=within.text, kind=kind, is_aside=True)


def _within(text: str) -> Iterator[Phrase]:
    """Yield what a noun phrase names besides: the council of "the ambassadors of the council"."""
    for part in COMPLEMENT.split(text)[1:]:
        yield from phrases(part)


def _known(turns: Sequence[tuple[Turn, Referent | None]]) -> dict[str, Kind]:
    """Return what names were used as: "Berlin" after "in" is no person elsewhere."""
    asked = [phrase for turn, _ in turns for phrase in phrases(turn.question)]
    return {phrase.text: Kind.PLACE for phrase in asked if phrase.kind is Kind.PLACE} | {
        answer.text: answer.kind
        for _, answer in turns
        if answer and answer.kind in (Kind.PERSON, Kind.PLACE)
    }


def _focus(turns: Sequence[tuple[Turn, Referent | None]]) -> int | None:
    """Return whose answer is spoken of: the last one's, or the one's that it was asked about."""
    asked, last = turns[0]
    if last and last.kind not in (Kind.TIME, Kind.PLACE):
        return 0 if last.is_in_focus else None
    before = turns[1][1] if len(turns) > 1 else None
    if before and before.text in asked.question:
        return 1
    return 0 if last else None


def _both(answers: Sequence[Referent | None]) -> Referent | None:
    """Return two persons as one, of whom one question each was asked: "they"."""
    people = [answer.text for answer in answers if answer and answer.kind is Kind.PERSON]
    if len(set(people)) < 2:
        return None
    return Referent(f"{people[1]} and {people[0]}", Kind.SEVERAL, is_in_focus=True)


def _answered(turn: Turn) -> Referent | None:
    """Return what an answer names, where the question asked for something that has a name."""
    asks = _ASKS_FOR.search(turn.question)
    answer = _LEADS_IN.sub("", turn.answer.strip(" .,;:"))
    if not asks or not answer or len(answer.split()) > LONGEST or _CLAUSE.search(answer):
        return None
    asked = asks.lastgroup or ""
    if asked == "person" and (person := _person(answer)):
        return Referent(person, Kind.PERSON, is_in_focus=True)
    if asked == "thing" and (_DEED.search(turn.question) or not _NAMED.match(answer)):
        return None
    kind = _kind(answer, asked)
    is_body = asked == "person" and kind is Kind.THING
    return Referent(answer, kind, is_in_focus=not is_body) if kind else None


def _kind(answer: str, asked: str) -> Kind | None:
    has_name = any(letter.isupper() for letter in answer)
    if asked == "time":
        return Kind.TIME if any(letter.isdigit() for letter in answer) else None
    if asked == "place":
        return Kind.PLACE if has_name else None
    if asked == "reason" or answer[0].isdigit():
        return None
    if _SEVERAL.search(answer):
        return Kind.SEVERAL
    return Kind.THING if has_name or asked != "person" else None


def _person(answer: str) -> str:
    """Return the person whom an answer names, by the longest name in it; "" for none."""
    if _NO_PERSON.search(answer):
        return ""
    names = [found["name"] for found in _NAME.finditer(answer) if not found["article"]]
    people = [name for name in names if " " in name or not name.isupper()]
    return max(people, key=lambda name: " " in name, default="")
