"""A question in which pronouns and short forms give way to what they stand for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from statistics import fmean

from assistant.conversation.clauses import said_before
from assistant.conversation.expletives import is_expletive
from assistant.conversation.mentions import names
from assistant.conversation.phrases import Kind, phrases
from assistant.conversation.referents import COMPLEMENT, TOPIC, Referent, referents
from assistant.records import Turn
from index.terms import query_terms

# What speaks for and against a referent; tried out on conversations and on CANARD's.
_LASTING = 0.5  # times the share of its words that the questions so far have
_FOCUS = 0.6
_SLIGHT = 0.4  # without a name, or with no more than a single word's: "the lamps", "Lund"
_ASIDE = 0.2  # behind a preposition
_LATER = 0.05  # for each that its question names before it

_NO_NOUN = "(?:in|at|on|to|from|for|with|by|of|and|as|when|after|before|there|then)\\b"

# What each pronoun can stand for, and what speaks against it.
_STANDS_FOR = tuple(
    (re.compile(pattern, re.IGNORECASE), kinds)
    for pattern, kinds in (
        (
            rf"\b(?:(?P<own>his|hers|her(?! {_NO_NOUN})(?= \w))|he|him|she|her|that (?:wo)?man)\b",
            {Kind.PERSON: 0.0, Kind.NAME: 0.2},
        ),
        (
            r"\b(?:(?P<own>its)|it)\b",
            {Kind.THING: 0.0, Kind.NAME: 0.1, Kind.PLACE: 0.2},
        ),
        (
            r"\b(?:(?P<own>theirs?)|they|them)\b",
            {Kind.SEVERAL: 0.0, Kind.THING: 0.4, Kind.NAME: 0.3},
        ),
        (
            r"(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!\bbe )\b(?P<place>there)\b(?=\W*$)",
            {Kind.PLACE: 0.0, Kind.THING: 0.1},
        ),
        (r"\b(?P<time>then)\b(?=\W*$)", {Kind.TIME: 0.0}),
    )
)
# What is spoken of without a noun phrase: "Who left and when did she die?", "What is law and …?".
_ASKS_FOR = (
    (re.compile(r"\bwho\b", re.IGNORECASE), {Kind.PERSON, Kind.SEVERAL}),
    (
        re.compile(r"\bwhat (?:is|are|was|were) [a-z]+(?: [a-z]+)?\W*$", re.IGNORECASE),
        {Kind.THING},
    ),
)
_DATED = re.compile(r"\b(?:since|until|by|before|after|from) $", re.IGNORECASE)
_WHICH_ONE = re.compile(r"(which) ones?\b", re.IGNORECASE)
_SHORT_FORM = re.compile(
    r"\b(?:the|this|that|these|those) (?P<noun>[a-z]+)\b"
    r"(?! (?:of|in|at|on|for|between|with|to|from|that|which|who|[a-z]+s)\b)"
)


def resolve(question: str, history: Sequence[Turn]) -> str | None:
    """Put what was spoken of in place of what stands for it; None where nothing does."""
    spoken_of = list(referents(history))
    people = _people(spoken_of)
    asked = [set(query_terms(TOPIC.sub("", turn.question))) for turn in history]
    resolved = question
    for pronouns, kinds in _STANDS_FOR:
        pronoun = pronouns.search(resolved)
        if not pronoun or _needs_no_history(pronoun, kinds, people):
            continue
        fitting = [r for r in spoken_of if r.kind in kinds and r.text not in resolved]
        if fitting:
            best = max(fitting, key=lambda r: _likelihood(r, asked) - kinds[r.kind])
            resolved = _put(pronoun, _in_full(best.text, spoken_of))
    if (found := _WHICH_ONE.match(resolved)) and (listed := _listed(spoken_of)):
        resolved = f"{found[1]} of {listed}{resolved[found.end() :]}"
    if (found := _SHORT_FORM.search(resolved)) and (name := _long_form(found["noun"], spoken_of)):
        resolved = _put(found, name)
    return resolved if resolved != question else None


def explained(question: str, history: Sequence[Turn]) -> set[str]:
    """Return the pronouns, in lower case, that stand for nothing or for what the question names."""
    people = _people(referents(history))
    return {
        pronoun[0].lower()
        for pronouns, kinds in _STANDS_FOR
        if (pronoun := pronouns.search(question)) and _needs_no_history(pronoun, kinds, people)
    }


def _people(spoken_of: Iterable[Referent]) -> set[str]:
    return {referent.text for referent in spoken_of if referent.kind is Kind.PERSON}


def _needs_no_history(
    pronoun: re.Match[str], kinds: Mapping[Kind, float], people: Collection[str]
) -> bool:
    return _refers_to_nothing(pronoun) or _stands_within(pronoun, kinds, people)


def _refers_to_nothing(pronoun: re.Match[str]) -> bool:
    """Tell of "IT", an acronym, and of an "it" that is only a subject: "How long did it take?"."""
    is_acronym = len(pronoun[0]) > 1 and pronoun[0].isupper()
    return is_acronym or (pronoun[0].lower() == "it" and is_expletive(pronoun.string))


def _stands_within(
    pronoun: re.Match[str], kinds: Mapping[Kind, float], people: Collection[str]
) -> bool:
    """Tell whether the question itself names what the pronoun stands for.

    Args:
        pronoun: In its question.
        kinds: What it can stand for.
        people: The names of persons who were spoken of.
    """
    before = pronoun.string[: pronoun.start()]
    said = before if pronoun.groupdict().get("own") else said_before(pronoun)
    asks_on = said != before  # "Who led it when he left?" does not ask who he is
    if asks_on and any(asks.search(said) and of & kinds.keys() for asks, of in _ASKS_FOR):
        return True
    fitting = {*kinds, Kind.NAME}
    return any(
        (Kind.PERSON if phrase.text in people else phrase.kind) in fitting
        for phrase in phrases(said)
    )


def _likelihood(referent: Referent, asked: Sequence[set[str]]) -> float:
    terms = set(query_terms(referent.text))
    is_slight = not referent.is_in_focus and not any(c.isupper() for c in referent.text[1:])
    return (
        _LASTING * fmean(len(terms & said) / max(1, len(terms)) for said in asked)
        + _FOCUS * referent.is_in_focus
        - _SLIGHT * is_slight
        - _ASIDE * referent.is_aside
        + _LATER * referent.place
    )


def _in_full(name: str, spoken_of: Iterable[Referent]) -> str:
    """Return the longest form of a name: "Wesley Clark" for "Clark"."""
    forms = [
        referent.text
        for referent in spoken_of
        if referent.text.endswith(f" {name}")
        and all(word[0].isupper() for word in referent.text.split())
    ]
    return max(forms, key=len, default=name)


def _listed(spoken_of: Iterable[Referent]) -> str | None:
    """Return those of whom "Which one?" asks."""
    return next((r.text for r in spoken_of if r.kind is Kind.SEVERAL and " and " in r.text), None)


def _long_form(noun: str, spoken_of: Iterable[Referent]) -> str | None:
    """Return what a short form stands for: "the ABM Treaty" for "that treaty"."""
    for referent in spoken_of:
        text = referent.text
        for start, end in names(text):
            words = text[start:end].casefold().split()
            if noun in words and len(words) > 1:
                return text[start - len("the ") if text[:start].endswith("the ") else start : end]
        head = COMPLEMENT.split(text)[0]
        if head.split()[-1:] == [noun] and any(letter.isupper() for letter in text):
            return text
    return None


def _put(found: re.Match[str], name: str) -> str:
    """Put a name in the place of a pronoun or a short form."""
    before, how = found.string[: found.start()], found.groupdict()
    if how.get("own"):
        name += "'" if name.endswith("s") else "'s"
    elif how.get("place") or (how.get("time") and not _DATED.search(before)):
        name = f"in {name}"
    if not before:
        name = name[0].upper() + name[1:]
    return before + name + found.string[found.end() :]
