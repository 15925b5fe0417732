"""A clause → a question: the auxiliary before the subject, with "do" where there is none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from assistant.drafting import lexicon
from assistant.drafting.clauses import Clause
from assistant.drafting.tokens import Tag, Token, Tokens

_DO = {"have": "do", "has": "does", "had": "did"}


class Verb(NamedTuple):
    """A clause's verb as a question has it: "met" gives "did" and "meet", "was" itself alone."""

    auxiliary: str
    base: str  # "" where the auxiliary is the verb or stands before it


def split_verb(clause: Clause) -> Verb | None:
    """Return the auxiliary that goes before the subject; None where the forms are not sure."""
    verb, following = clause.verb, _first_tag(clause.rest)
    if verb.tag in (Tag.BE, Tag.MODAL):
        return Verb(verb.text, "")
    if verb.tag == Tag.HAVE:
        is_perfect = following in (Tag.PARTICIPLE, Tag.PAST_OR_PARTICIPLE)
        return Verb(verb.text, "") if is_perfect else Verb(_DO[verb.text], "have")
    if verb.tag == Tag.DO:
        return Verb(verb.text, "") if following in (Tag.BASE, Tag.NOT) else None
    if verb.tag in (Tag.PAST, Tag.PAST_OR_PARTICIPLE):
        base = lexicon.base_of_past(verb.text)
        return Verb("did", base) if base else None
    if verb.tag == Tag.PRESENT:
        base = lexicon.base_of_third_person(verb.text)
        return Verb("does", base) if base else None
    return Verb("do", verb.text) if _is_plural(clause.subject) else None


def invert(clause: Clause, asks: str, dropped: Collection[Token]) -> str | None:
    """Ask for what is dropped from a clause: "Where" and "in Rome" give "Where was it signed?"."""
    verb = split_verb(clause)
    if verb is None:
        return None
    after = [token for token in clause.predicate if token not in dropped]
    words = [asks, verb.auxiliary, spell(clause.subject), spell(clause.adverbs), verb.base]
    return finish([*words, spell(after)])


def is_past(clause: Clause) -> bool:
    """Tell whether a clause is of the past."""
    past = clause.verb.tag in (Tag.PAST, Tag.PAST_OR_PARTICIPLE)
    return past or clause.verb.text in ("was", "were", "had", "did")


def spell(tokens: Sequence[Token]) -> str:
    """Write words as they stand in the middle of a sentence."""
    return " ".join(map(_spell, tokens)).replace(" ,", ",")


def finish(words: Sequence[str]) -> str:
    """Join the parts of a question."""
    question = " ".join(filter(None, words))
    return f"{question[0].upper()}{question[1:]}?"


def _spell(token: Token) -> str:
    if token.tag in (Tag.NAME, Tag.DATE):
        return token.text
    return token.text[0].lower() + token.text[1:]


def _first_tag(rest: Tokens) -> Tag | None:
    return next((token.tag for token in rest if token.tag != Tag.ADVERB), None)


def _is_plural(subject: Tokens) -> bool:
    return any(token.tag == Tag.AND for token in subject) or lexicon.is_plural(subject[-1].text)
