"""Questions for what a verb is said of: who, which, how many, and what something is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.drafting import lexicon
from assistant.drafting.clauses import Clause
from assistant.drafting.inversion import finish, invert, is_past, spell
from assistant.drafting.people import ROLES, People, says_of_what
from assistant.drafting.records import Asked, Kind
from assistant.drafting.standing import stands_alone
from assistant.drafting.tokens import Tag, Tokens, shape, span_of

_ABOUT = frozenset("about around nearly almost over some".split())
_VAGUE = frozenset(
    """
    aims aspects cases conditions days events factors hours issues kinds lessons limits matters
    minutes months parts points problems purposes reasons seconds sides steps tasks things times
    ways weaknesses weeks years
    """.split()
)  # what they are of stands elsewhere, or they are asked for otherwise
_OF_COUNTRIES = frozenset("states nations union kingdom republic federation emirates".split())


def ask_who(clause: Clause, people: People) -> Iterator[Asked]:
    """Ask who did something: a person, or whoever it was done by."""
    others = (*clause.adverbs, clause.verb, *clause.predicate)
    is_one_of_a_kind = clause.verb.tag == Tag.BE and spell(clause.rest[:1]) in ("a", "an")
    if people.is_person(clause.subject) and _is_telling(others) and not is_one_of_a_kind:
        yield Asked(Kind.WHO, finish(["Who", spell(others)]), span_of(clause.subject))
    yield from _ask_by_whom(clause)


def _ask_by_whom(clause: Clause) -> Iterator[Asked]:
    """Ask for the agent of a passive clause, in the active: "Who opened the office in 2001?"."""
    match = re.match(r"q([^sogVm]*?)p((?:D(?=[aN]))?a?N+)(pT)?$", shape(clause.rest))
    if not match or clause.verb.text not in ("was", "were"):
        return
    before, agent, date = (clause.rest[slice(*match.span(part))] for part in (1, 2, 3))
    past = lexicon.past_of_participle(clause.rest[0].text)
    others = (*before, *date, *clause.place, *clause.date)
    is_agent = clause.rest[match.end(1)].text == "by"
    if is_agent and past and stands_alone(clause.subject, others, is_past=True):
        particle, others = (others[:1], others[1:]) if shape(before) == "p" else ((), others)
        words = ["Who", past, spell(particle), spell(clause.subject), spell(others)]
        yield Asked(Kind.WHO, finish(words), span_of(agent))


def ask_which(clause: Clause) -> Iterator[Asked]:
    """Ask which council, treaty or ship it was, after the kind that its name tells."""
    match = re.fullmatch(r"(D[an]*(?:N+n|NN+))(?:p[^c]*)?", shape(clause.subject))
    others = (*clause.adverbs, clause.verb, *clause.predicate)
    if not match or not is_past(clause) or not _is_telling(others):
        return
    named = clause.subject[: match.end(1)]
    kind = named[-1].text.lower()
    if "NOUN" in lexicon.parts_of_speech(kind) and kind not in ROLES | _OF_COUNTRIES:
        yield Asked(Kind.WHICH, finish([f"Which {kind}", spell(others)]), span_of(named))


def ask_how_many(clause: Clause) -> Iterator[Asked]:
    """Ask how many did something, or to how many it was done."""
    if match := re.match(r"#([an]*n)", shape(clause.subject)):
        counted = clause.subject[slice(*match.span(1))]
        others = (*clause.subject[1:], *clause.adverbs, clause.verb, *clause.predicate)
        if _is_counted(counted) and clause.verb.tag != Tag.BE and _is_telling(others):
            question = finish(["How many", spell(others)])
            yield Asked(Kind.HOW_MANY, question, span_of(clause.subject[:1]))
    elif match := re.match(r"[qB]?([pr]?#)([aNn]*n)((?:pD?[anN]*[nN])*)", shape(clause.rest)):
        number, counted, of = (clause.rest[slice(*match.span(part))] for part in (1, 2, 3))
        of = of if of and of[0].text == "of" else ()
        if _is_counted(counted, of) and (len(number) == 1 or number[0].text in _ABOUT):
            yield from _ask_for_object(clause, number, (*counted, *of))


def _ask_for_object(clause: Clause, number: Tokens, counted: Tokens) -> Iterator[Asked]:
    dropped = (*number, *counted)
    question = invert(clause, f"How many {spell(counted)}", dropped)
    kept = tuple(token for token in clause.predicate if token not in dropped)
    if question and stands_alone(clause.subject, (*counted, *kept), is_past=is_past(clause)):
        yield Asked(Kind.HOW_MANY, question, span_of(number))


def ask_what(clause: Clause, people: People) -> Iterator[Asked]:
    """Ask what or who is said to be one of a kind: "Kosovo Force was an operation of NATO"."""
    said = re.match(r"D[an]*n", shape(clause.rest))
    is_plain = clause.verb.tag == Tag.BE and not (clause.place or clause.date or clause.adverbs)
    if not (said and is_plain) or clause.rest[0].text not in ("a", "an") or len(clause.rest) < 4:
        return
    is_person = people.is_person(clause.subject)
    if is_person and not (len(clause.subject) > 1 and says_of_what(clause.rest)):
        return  # of whom more is said elsewhere
    is_name = re.fullmatch(r"D?N*n?", shape(clause.subject)) and len(clause.subject) > 1
    if (is_person or is_name) and stands_alone(clause.subject, (), is_past=True):
        kind, asks = (Kind.WHO, "Who") if is_person else (Kind.WHAT, "What")
        question = finish([asks, clause.verb.text, spell(clause.subject)])
        yield Asked(kind, question, span_of(clause.rest))


def _is_counted(counted: Tokens, of: Tokens = ()) -> bool:
    """Tell whether one asks how many: not of things, nor of years, but of years of service."""
    return lexicon.is_plural(counted[-1].text) and (bool(of) or counted[-1].text not in _VAGUE)


def _is_telling(others: Tokens) -> bool:
    """Tell whether what is said of somebody unnamed tells whom it is said of."""
    if re.search(r"s.*[pD]T$", shape(others)):
        return False  # the date may be that of the clause before it
    has_name = any(token.tag == Tag.NAME for token in others)
    return has_name and stands_alone((), others, is_past=True)
