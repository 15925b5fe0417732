"""Questions drafted from a document's own sentences, each with the words that answer it.

No model is asked: a sentence whose grammar is not surely seen gives no question.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.drafting.adjuncts import (
    ask_how_long,
    ask_how_much,
    ask_how_often,
    ask_when,
    ask_where,
    ask_why,
)
from assistant.drafting.arguments import ask_how_many, ask_what, ask_which, ask_who
from assistant.drafting.chronologies import ask_when_it_was, entries
from assistant.drafting.clauses import parse
from assistant.drafting.names import Names
from assistant.drafting.naming import ask_for_letters, ask_who_is
from assistant.drafting.people import People
from assistant.drafting.records import Asked, Draft, Kind
from assistant.drafting.tagging import tag_sentence
from assistant.drafting.tokens import Tokens
from index.records import BlockKind, Document, Range
from index.sentences import split_sentences

_LONGEST = 400  # characters of a sentence: longer ones are seldom plain


def draft(document: Document) -> Iterator[Draft]:
    """Yield the questions that a document answers: those of its sentences, then of its tables."""
    text = document.text
    sentences, rows = tuple(_sentences(document)), tuple(entries(document))
    names = Names(text, [*sentences, *(row.event for row in rows)])
    tagged = [tag_sentence(text, sentence, names) for sentence in sentences]
    people = People(tagged)
    for sentence, tokens in zip(sentences, tagged, strict=True):
        for asked in (*_ask(tokens, people), *ask_for_letters(text, sentence)):
            yield _draft(document, asked)
    for date, event in rows:
        for asked in ask_when_it_was(text, date, tag_sentence(text, event, names)):
            yield _draft(document, asked)


def _draft(document: Document, asked: Asked) -> Draft:
    kind, question, (start, end) = asked
    return Draft(kind, question, document.text[start:end], document.id, start, end)


def _sentences(document: Document) -> Iterator[Range]:
    for block in document.blocks:
        if block.kind in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM):
            for start, end in split_sentences(document.text, block.start, block.end):
                if end - start <= _LONGEST:
                    yield start, end


def _ask(tokens: Tokens, people: People) -> Iterator[Asked]:
    yield from ask_who_is(tokens)
    if clause := parse(tokens):
        yield from ask_when(clause)
        yield from ask_where(clause)
        yield from ask_how_long(clause)
        yield from ask_how_often(clause)
        yield from ask_how_much(clause)
        yield from ask_why(clause)
        yield from ask_who(clause, people)
        yield from ask_which(clause)
        yield from ask_how_many(clause)
        yield from ask_what(clause, people)


__all__ = ["Draft", "Kind", "draft"]
