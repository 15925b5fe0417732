"""A test set drafted from documents: questions whose answers are known by where they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from hashlib import sha256
from itertools import islice
from typing import Any

from assistant.answering import Assistant
from assistant.citing import quote
from assistant.drafting import Draft, Kind, draft
from assistant.drafting.dates import is_same_date
from assistant.evaluation.metrics import is_right, normalise
from assistant.records import NEVER_ABSTAIN, Question
from assistant.suggesting import take_turns
from assistant.testsets.records import GoldQuestion
from assistant.testsets.wording import answer_given_away, can_be_understood, confusable
from index.records import Document
from index.store import Store

_SPARE = 2  # documents with drafts for each question that is wanted: some drafts are left out
_SURE = 0.8  # confidence from which another answer, of another place, casts doubt on a draft
_ID_DIGITS = 10


def draft_questions(
    assistant: Assistant,
    *,
    limit: int,
    kinds: Collection[Kind] = tuple(Kind),
    known: Collection[str] = (),
) -> Iterator[GoldQuestion]:
    """Yield questions drafted from the documents, of each in turn and of all kinds.

    Left out are those whose answer stands in the question, those that cannot be told apart, and
    those to which the assistant is sure of another answer elsewhere. Those that it merely misses
    stay: they are what a test set is for.

    Args:
        assistant: Whose documents they are of, and whom to ask.
        limit: How many to yield at most.
        kinds: What they may ask for.
        known: Questions that the test set has already.
    """
    drafted = dict(_candidates(assistant.store, kinds, documents=_SPARE * limit))
    doubtful = {question.id for pair in confusable(list(drafted.values())) for question in pair}
    of_documents: dict[str, list[Draft]] = {}
    for one, question in drafted.items():
        if question.id not in doubtful:
            of_documents.setdefault(one.document_id, []).append(one)
    seen = set(map(normalise, known))
    chosen = (drafted[one] for one in take_turns(list(of_documents.values()), limit=len(drafted)))
    asked = (_ask(assistant, one) for one in chosen if normalise(one.text) not in seen)
    yield from islice(filter(None, asked), limit)


def _candidates(
    store: Store, kinds: Collection[Kind], *, documents: int
) -> Iterator[tuple[Draft, GoldQuestion]]:
    """Yield the drafts of some documents; as ids are digests, they are of no one folder."""
    summaries = sorted(store.documents(), key=lambda summary: summary.id)
    paths = Counter(summary.path for summary in summaries)
    for summary in summaries:
        document = store.document(summary.id)
        name = document.path if paths[document.path] == 1 else f"{document.root}/{document.path}"
        questions = [
            (one, _gold(document, one, name)) for one in draft(document) if one.kind in kinds
        ]
        sound = [(one, question) for one, question in questions if _is_sound(question)]
        yield from sound
        documents -= bool(sound)
        if documents == 0:
            return


def _gold(document: Document, one: Draft, name: str) -> GoldQuestion:
    answer, ranges = quote(document, (one.start, one.end))
    digest = sha256(f"{name}\n{one.question}".encode()).hexdigest()
    return GoldQuestion(
        digest[:_ID_DIGITS],
        one.question,
        (answer,),
        document=name,
        kind=one.kind.value,
        sha256=document.sha256,
        places=(ranges,),
    )


def _is_sound(question: GoldQuestion) -> bool:
    return can_be_understood(question.text) and not answer_given_away(question)


def _ask(assistant: Assistant, question: GoldQuestion) -> GoldQuestion | None:
    """Return a question, with its date as another document writes it; None where it is contested.

    It is where the assistant is sure of another answer, in another document.
    """
    answer = assistant.ask(Question(question.text, max_error=NEVER_ABSTAIN))
    (gold,) = question.answers or ()
    if not answer.citations or is_right(answer.answer, [gold]):
        return question
    if is_same_date(answer.answer, gold):
        return replace(question, answers=(gold, answer.answer))
    is_elsewhere = answer.citations[0].sha256 != question.sha256
    return None if is_elsewhere and answer.confidence >= _SURE else question


def as_line(question: GoldQuestion) -> dict[str, Any]:
    """Return a drafted question as a line of our own test sets."""
    return {
        "id": question.id,
        "question": question.text,
        "answers": list(question.answers or ()),
        "document": question.document,
        "sha256": question.sha256,
        "source_ranges": [list(part) for place in question.places for part in place],
        "kind": question.kind,
    }
