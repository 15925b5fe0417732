"""Questions for the rows of a chronology: a date, and beside it what happened then."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from assistant.drafting import lexicon
from assistant.drafting.adjuncts import ask_when
from assistant.drafting.clauses import Clause, parse
from assistant.drafting.dates import find_dates
from assistant.drafting.records import Asked
from assistant.drafting.tokens import Tag, Token, Tokens, shape
from index.records import Block, BlockKind, Document, Range

_CELL = re.compile(r"[^\t\n]+")
_PAST = {"is": "was", "are": "were", "was": "was", "were": "were"}


class Entry(NamedTuple):
    """A row that opens with a date, half-open in the reading text, and what it says of it."""

    date: Range
    event: Range


def entries(document: Document) -> Iterator[Entry]:
    """Yield the rows of a document's tables that open with a date and go on with an event."""
    for block in document.blocks:
        if block.kind == BlockKind.TABLE_ROW:
            yield from _entry(document.text, block)


def _entry(text: str, row: Block) -> Iterator[Entry]:
    cells = [match.span() for match in _CELL.finditer(text, row.start, row.end)]
    if len(cells) > 1:
        dates = list(find_dates(text, *cells[0]))
        if [(date.start, date.end, date.is_complete) for date in dates] == [(*cells[0], True)]:
            yield Entry(cells[0], cells[1])


def ask_when_it_was(text: str, date: Range, event: Tokens) -> Iterator[Asked]:
    """Ask when the event of a row was, which may be told in the present.

    Args:
        text: The reading text.
        date: Where the row's date stands in it.
        event: The words of the event.
    """
    clause = parse(event)
    if clause is None or clause.date or _lacks_article(clause.subject):
        return
    if told := _in_the_past(clause):
        on = Token("on", date[0], date[0], Tag.PREPOSITION)
        when = Token(text[slice(*date)], *date, Tag.DATE)
        yield from ask_when(replace(told, date=(on, when)))


def _in_the_past(clause: Clause) -> Clause | None:
    verb = clause.verb
    if verb.tag == Tag.BE:
        return replace(clause, verb=verb._replace(text=_PAST[verb.text]))
    if verb.tag in (Tag.PRESENT, Tag.BASE) and (past := lexicon.past_of_present(verb.text)):
        return replace(clause, verb=verb._replace(text=past, tag=Tag.PAST))
    return clause if verb.tag == Tag.PAST else None  # a participle may lack its auxiliary


def _lacks_article(subject: Tokens) -> bool:
    """Tell whether an article is left out, as in headlines: "Council adopts a plan"."""
    phrases = re.finditer(r"[^c,p]+", shape(subject))
    return any(_is_bare(subject[slice(*phrase.span())]) for phrase in phrases)


def _is_bare(phrase: Tokens) -> bool:
    first, last = phrase[0], phrase[-1]
    if first.tag in (Tag.DETERMINER, Tag.NUMBER, Tag.DATE):
        return False
    is_known = "NOUN" in lexicon.parts_of_speech(last.text)
    is_common = last.tag == Tag.NOUN and lexicon.is_plural(last.text)
    opens_with_noun = first.tag == Tag.NOUN and not lexicon.is_plural(first.text)
    return opens_with_noun or (is_known and not is_common)
