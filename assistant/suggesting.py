"""Questions to begin with: drafted from the documents, kept where the assistant answers them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from assistant.answering import Assistant
from assistant.drafting import Draft, Kind, draft
from assistant.evaluation.metrics import is_right
from assistant.records import Question
from index.errors import UnknownDocumentError
from index.store import Store

SUGGESTED = 6
_ASKED = 18  # questions: each takes a tenth of a second or two
_DOCUMENTS = 24
_BLOCKS = 150  # of a document
# "Which" asks for a name that is nearly given; letters tell least of a document.
_LESS_WANTED = MappingProxyType({Kind.WHICH: 1, Kind.LETTERS: 2})
# How many may be of one document and of one kind, first and where that leaves too few.
_MIXTURES = ((1, 2), (2, 2), (SUGGESTED, 3))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question that the documents answer, and the document where its answer stands."""

    question: str
    document_id: str
    title: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A suggestion, and what tells whether it is a good one beside others."""

    suggestion: Suggestion
    kind: Kind
    sentence: str  # where the answer stands
    confidence: float  # of the answer, 0 to 1


def suggest(
    assistant: Assistant, *, may_go_on: Callable[[], bool] = lambda: True
) -> tuple[Suggestion, ...]:
    """Return a handful of questions that the assistant answers as their documents do, best first.

    Args:
        assistant: Answers them.
        may_go_on: Asked before each document and question; it may wait. When it says no, what has
            been found by then is returned.
    """
    drafted = []
    for document_id in _sample(assistant.store):
        if not may_go_on():
            return ()
        drafted.append(list(_drafts(assistant.store, document_id)))
    answered = []
    for question in take_turns(drafted):
        if not may_go_on():
            break
        if found := try_out(assistant, question):
            answered.append(found)
    return choose(answered)


def take_turns(drafted: Sequence[Sequence[Draft]], *, limit: int = _ASKED) -> list[Draft]:
    """Return what to ask first: of each document in turn, of all kinds, and the shortest.

    Args:
        drafted: The drafts of each document.
        limit: How many to return at most.
    """
    left = [list(drafts) for drafts in drafted]
    kinds: Counter[Kind] = Counter()
    taken: dict[str, Draft] = {}
    while any(left) and len(taken) < limit:
        for drafts in filter(None, left):
            best = min(
                drafts,
                key=lambda one: (_LESS_WANTED.get(one.kind, 0), kinds[one.kind], len(one.question)),
            )
            drafts.remove(best)
            kinds[best.kind] += 1
            taken.setdefault(best.question, best)
    return list(taken.values())[:limit]


def try_out(assistant: Assistant, drafted: Draft) -> Answered | None:
    """Ask a drafted question, and return it if it is answered, and with what it was made for."""
    answer = assistant.ask(Question(drafted.question))
    if not is_right(answer.answer, [drafted.answer]):
        return None  # nor is it where the assistant declines
    cited = answer.citations[0]
    suggestion = Suggestion(drafted.question, cited.document_id, cited.title)
    return Answered(suggestion, drafted.kind, cited.sentence, answer.confidence)


def choose(answered: Sequence[Answered]) -> tuple[Suggestion, ...]:
    """Choose those answered most surely, and the short ones, of many documents and kinds."""
    ranked = sorted(
        answered,
        key=lambda one: (
            -round(one.confidence, 1),
            len(one.suggestion.question),
            one.suggestion.question,
        ),
    )
    chosen: list[Answered] = []
    for of_document, of_kind in _MIXTURES:
        for one in ranked:
            ids = [other.suggestion.document_id for other in chosen]
            kinds = [other.kind for other in chosen]
            is_new = one.sentence not in [other.sentence for other in chosen]
            is_rare = ids.count(one.suggestion.document_id) < of_document
            if is_new and is_rare and kinds.count(one.kind) < of_kind:
                chosen.append(one)
    return tuple(one.suggestion for one in chosen[:SUGGESTED])


def _sample(store: Store) -> list[str]:
    """Return the ids of some documents; as ids are digests, they are of no one folder."""
    return sorted(document.id for document in store.documents())[:_DOCUMENTS]


def _drafts(store: Store, document_id: str) -> Iterator[Draft]:
    try:
        document = store.document(document_id)
    except UnknownDocumentError:  # it was removed meanwhile
        return
    yield from draft(replace(document, blocks=document.blocks[:_BLOCKS]))
