"""A sentence's main clause: its subject, its verb, and what follows; refused unless it is plain."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.drafting import lexicon
from assistant.drafting.tokens import Tag, Token, Tokens, shape

# Patterns of the shapes of sentences, a letter for each word: see Tag.
_PHRASE = r"D?[an#N]*[nN]#?"
_PHRASES = rf"{_PHRASE}(?:p(?:{_PHRASE}|T))*"
_SUBJECT = rf"(?:{_PHRASES}(?:c{_PHRASES})?|D?N+(?:,D?N+)+,?cD?N+)"
_LEADS = rf"(?P<date>(?:pD?T,?)?)(?P<place>(?:p(?=[DN]){_PHRASES}(?:,|(?=D)))?)"
_ASIDE = r"(?:,[DVa][^,bhdxPZBs.]*,)?"
_CLAUSE = re.compile(
    rf"(?:c|r,)?{_LEADS}(?P<subject>{_SUBJECT}){_ASIDE}(?P<adverbs>r*)(?P<verb>[bhdxPVZB])"
)
_FINITE = "bhdxPVZ"
_ANOTHER_VERB = rf"r*[{_FINITE}]|[^,.s]*?[bhdxPZ]"
_MAYBE_ANOTHER_VERB = r"[^,.s]*?V|p[^,.s]*T"  # a participle, or the verb before, said once for two
_DATE_PREPOSITIONS = ("in", "on")
_PLACE_PREPOSITIONS = ("at", "in", "during", "after", "before", "under")
_MAY_OPEN_A_CLAUSE = ("before", "after", "since", "until", "as")
_LOOSE = "[csgVqr]|$"  # after a comma: no part of what was said before it
_ADDS = ("with", "including", "after", "before", "despite", "except", "without", "as")


@dataclass(frozen=True, slots=True)
class Clause:
    """A plain main clause.

    Attributes:
        date: The date that opens the sentence, with its preposition.
        place: What opens it beside that, with its preposition: "at the summit in Rome".
        subject: Who or what.
        adverbs: Between the subject and the verb.
        verb: The first of the verbs, which agrees with the subject.
        rest: What follows, up to where the clause ends.
        reason: What stands after "because".
    """

    date: Tokens
    place: Tokens
    subject: Tokens
    adverbs: Tokens
    verb: Token
    rest: Tokens
    reason: Tokens

    @property
    def predicate(self) -> Tokens:
        """All that is said beside the subject and the verb, in the order of a question."""
        return (*self.rest, *self.place, *self.date)


def parse(tokens: Tokens) -> Clause | None:
    """Return the main clause of a sentence, or None where it is not surely seen."""
    if tokens and tokens[0].text in ("But", "Yet"):
        tokens = tokens[1:]
    match = _CLAUSE.match(shape(tokens))
    if not match:
        return None
    date, place, subject, adverbs, (verb,) = (
        tokens[slice(*match.span(part))] for part in ("date", "place", "subject", "adverbs", "verb")
    )
    after = tokens[match.end() :]
    end = _end(after)
    if end is None or not _is_plain(verb, after[:end]) or not _is_noun_phrase(subject):
        return None
    if not (_opens_with(date, _DATE_PREPOSITIONS) and _opens_with(place, _PLACE_PREPOSITIONS)):
        return None
    date, place = (tuple(t for t in part if t.tag != Tag.COMMA) for part in (date, place))
    return Clause(date, place, subject, adverbs, verb, after[:end], _reason(after[end:]))


def _opens_with(phrase: Tokens, prepositions: Sequence[str]) -> bool:
    return not phrase or phrase[0].text.lower() in prepositions


def _end(after: Tokens) -> int | None:
    """Return where a clause ends; None where what follows may belong to it or not."""
    for at, token in enumerate(after):
        following = shape(after[at + 1 :])
        if token.tag == Tag.STOP or token.text == "because":
            return at
        if token.tag == Tag.COMMA:
            goes_on = re.match(_LOOSE, following) or after[at + 1].text in _ADDS
            return at if goes_on and at and after[at - 1].tag != Tag.AND else None
        if token.tag == Tag.AND and re.match(_ANOTHER_VERB, following):
            return at
        if token.tag == Tag.AND and re.match(_MAYBE_ANOTHER_VERB, following):
            return None
        if token.text in _MAY_OPEN_A_CLAUSE and re.match(rf"[^,.s]*[{_FINITE}]", following):
            return at
    return len(after)


def _is_plain(verb: Token, rest: Tokens) -> bool:
    """Tell whether the verb is the only one, so that it cannot be a mere participle."""
    main, *links = shape(rest).split("s")
    if "?" in shape(rest) or not all(re.search(rf"[{_FINITE}B]", link) for link in links):
        return False
    if re.search(r"[bhdxPZ]", main):
        return False
    if verb.text == "had" and re.match(r"r*[qV]", main):
        return False  # what had happened had so before something else
    if verb.tag == Tag.PAST_OR_PARTICIPLE and re.match(r"r*(?:[pgo]|$)", main):
        return "V" not in main and not (rest and rest[0].text == "by")
    return re.search(r"(?<![nNbhrB])V", main) is None


def _is_noun_phrase(subject: Sequence[Token]) -> bool:
    """Tell whether no noun is where it may be a verb: a plural before a noun, or after a name."""
    return not any(
        (following.tag in "anN" and token.tag == Tag.NOUN and lexicon.is_plural(token.text))
        or (
            (token.tag, following.tag) == (Tag.NAME, Tag.NOUN)
            and lexicon.base_of_third_person(following.text)
        )
        for token, following in pairwise(subject)
    )


def _reason(tokens: Tokens) -> Tokens:
    match = re.match(r",?s([^.]+)\.?$", shape(tokens))
    if not match or tokens[match.start(1) - 1].text != "because":
        return ()
    reason = tokens[slice(*match.span(1))]
    return reason if reason[0].text != "of" else ()
