"""Questions for what is said beside the verb: when, where, how long, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.drafting import lexicon
from assistant.drafting.clauses import Clause
from assistant.drafting.inversion import invert, is_past, split_verb
from assistant.drafting.records import Asked, Kind
from assistant.drafting.standing import stands_alone
from assistant.drafting.tokens import Tag, Tokens, shape, span_of

# What lasts: one does not ask when it was.
_STATES = frozenset(
    """
    appear be believe belong consist contain cost cover depend deserve differ doubt equal exist
    expect fear feel fit follow hate have hope include intend involve know lack lie like live love
    matter mean need owe own possess prefer remain resemble seem sound stand suffice think
    understand want weigh wish
    """.split()
)
# Something begins and people meet, but they join something.
_COMPLETE_ALONE = frozenset(
    """
    begin close collapse die disappear end erupt expire explode fail finish go happen meet occur
    open resign retire sink start
    """.split()
)
# Treaties are signed, but people are invited to something.
_NEEDS_MORE = frozenset(
    """
    add allow ask bring call do draw expect follow force give have include invite keep lead leave
    let make mean meet name place put require see send set show take tell use want
    """.split()
)
_NO_PLACES = frozenset(
    """
    act agreement annex appendix april article august autumn chapter charter clause code
    convention council december declaration english february figure french friday german i ii iii iv
    january july june law march may monday november october paragraph part protocol regulation
    report resolution rule russian saturday section september spanish spring summer summit sunday
    table thursday treaty tuesday volume wednesday winter
    """.split()
)
_TIMES = frozenset("second minute hour day week month year decade century".split())


def ask_when(clause: Clause) -> Iterator[Asked]:
    """Ask when something happened or will happen."""
    verb = split_verb(clause)
    if verb is None or not _happens(clause, verb.base):
        return
    found = [clause.date] if clause.date else []
    if match := re.match(r"[^sogVm]*?(pD?T)(?:[p,s].*)?$", shape(clause.rest)):
        phrase = clause.rest[slice(*match.span(1))]
        found += [phrase] if phrase[0].text in ("in", "on") else []
    dates = shape(clause.predicate).count(Tag.DATE)
    if len(found) == 1 and not (dates > 1 and Tag.AND in shape(clause.rest)):
        yield from _ask(clause, Kind.WHEN, "When", answer=found[0][1:], dropped=found[0])


def ask_where(clause: Clause) -> Iterator[Asked]:
    """Ask where something stands, stood or took place."""
    pattern = r"q?r*(?:pT)?(p((?:D(?=N))?N+(?:,N(?=$))?))(?:pT)?$"
    match = re.match(pattern, shape(clause.rest))
    if not match or clause.verb.tag not in (Tag.BE, Tag.PAST, Tag.PAST_OR_PARTICIPLE, Tag.PRESENT):
        return
    if clause.verb.text in ("are", "were") and clause.rest[0].tag != Tag.PARTICIPLE:
        return  # as the roots of something are
    phrase, place = (clause.rest[slice(*match.span(part))] for part in (1, 2))
    is_place = _NO_PLACES.isdisjoint(word.text.lower() for word in place)
    is_since = any(word.text == "since" for word in clause.rest)
    if phrase[0].text in ("in", "at") and is_place and not is_since:
        yield from _ask(clause, Kind.WHERE, "Where", answer=place, dropped=phrase)


def ask_how_long(clause: Clause) -> Iterator[Asked]:
    """Ask how long something lasted or went on."""
    verb = split_verb(clause)
    tags = shape(clause.rest)
    if verb and verb.base in ("last", "take") and (match := re.match(r"p?#n+", tags)):
        phrase = clause.rest[: match.end()]
    elif match := re.search(r"^[^sogVm]*?(p#n)$", tags):
        phrase = clause.rest[slice(*match.span(1))]
        if phrase[0].text != "for":
            return
    else:
        return
    if phrase[-1].text.rstrip("s") in _TIMES:
        answer = phrase[1:] if phrase[0].text == "for" else phrase
        yield from _ask(clause, Kind.HOW_LONG, "How long", answer=answer, dropped=phrase)


def ask_how_often(clause: Clause) -> Iterator[Asked]:
    """Ask how often something is done."""
    if match := re.match(r"[^sogVm]*?(D#?n|[rs#]n?Dn)$", shape(clause.rest)):
        phrase = clause.rest[slice(*match.span(1))]
        is_frequency = phrase[0].text in ("every", "once", "twice") or phrase[1].text == "times"
        if is_frequency and phrase[-1].text.rstrip("s") in _TIMES:
            yield from _ask(clause, Kind.HOW_OFTEN, "How often", answer=phrase, dropped=phrase)


def ask_how_much(clause: Clause) -> Iterator[Asked]:
    """Ask how much something costs or weighs."""
    verb = split_verb(clause)
    match = re.match(r"[pr]?#(?:n(?:Dn)?|Dn)?$", shape(clause.rest))
    if match and verb and verb.base in ("cost", "weigh"):
        yield from _ask(clause, Kind.HOW_MUCH, "How much", answer=clause.rest, dropped=clause.rest)


def ask_why(clause: Clause) -> Iterator[Asked]:
    """Ask for the reason that is given."""
    if clause.reason:
        yield from _ask(clause, Kind.WHY, "Why", answer=clause.reason, dropped=())


def _ask(
    clause: Clause, kind: Kind, asks: str, *, answer: Tokens, dropped: Tokens
) -> Iterator[Asked]:
    question = invert(clause, asks, dropped)
    kept = tuple(token for token in clause.predicate if token not in dropped)
    others = (*clause.adverbs, *kept)
    if not question or (kind in (Kind.WHEN, Kind.WHY) and not _is_complete(clause, kept)):
        return
    if stands_alone(clause.subject, others, is_past=is_past(clause)):
        yield Asked(kind, question, span_of(answer))


def _is_complete(clause: Clause, kept: Tokens) -> bool:
    """Tell whether enough is said: one joins something, and is invited to something."""
    verb = split_verb(clause)
    if not kept:
        return verb is not None and verb.base in _COMPLETE_ALONE
    if re.search("xB$", shape(kept)):
        return False  # "that it would leave", which was said before
    if verb and verb.base == "meet" and not (Tag.NAME in shape(kept) or "first" in _texts(kept)):
        return False  # as it often did
    is_lone = len(kept) == 1 and kept[0].tag == Tag.PARTICIPLE
    return not is_lone or lexicon.base_of_participle(kept[0].text) not in _NEEDS_MORE


def _texts(tokens: Tokens) -> set[str]:
    return {token.text for token in tokens}


def _happens(clause: Clause, base: str) -> bool:
    """Tell whether a clause is of an event, rather than of how things are."""
    if clause.verb.tag == Tag.BE:
        first = next((token for token in clause.rest if token.tag != Tag.ADVERB), None)
        return is_past(clause) and first is not None and first.tag == Tag.PARTICIPLE
    if clause.verb.tag == Tag.MODAL:
        return clause.verb.text == "will" and not _is_denied(clause.rest)
    return bool(base) and base not in _STATES and is_past(clause)


def _is_denied(rest: Tokens) -> bool:
    return any(token.tag == Tag.NOT for token in rest)
