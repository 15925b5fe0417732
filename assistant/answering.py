"""A question → its answer: search, read, decide, cite."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from time import perf_counter

from assistant.citing import cite, mark_stale, show_passage
from assistant.confidence import Calibration, reason_to_abstain
from assistant.conversation import understand
from assistant.evaluation.metrics import answer_contained
from assistant.reader import Reader
from assistant.records import (
    Alternative,
    Answer,
    Citation,
    Found,
    Mode,
    Question,
    Reason,
    Span,
    Understood,
)
from index.embedding import Embedder
from index.errors import SourceChangedError
from index.records import Document
from index.search import SearchResult, search
from index.store import Store
from index.store.snapshot import Snapshot
from index.terms import query_terms

_logger = logging.getLogger(__name__)

READ = 8  # passages at most, however many are shown: confidences are calibrated to it
_ALTERNATIVES = 3
_LEAST_LIKELY_ALTERNATIVE = 0.1
_UNCALIBRATED = Calibration()

_SEPARATOR = "; "  # of the quotes of a list

Documents = Callable[[str], Document]
Cited = tuple[Span, tuple[Citation, ...]]


class Assistant:
    """Answers questions from the documents of an index, in their own words.

    Args:
        store: The index.
        embedder: What it was made with; with None, keywords alone are searched.
        reader: Finds answers in passages.
        calibration: Says how sure the reader's answers are; by default, as sure as it says.

    Attributes:
        calibration: Another one counts from the next question on.
    """

    def __init__(
        self,
        store: Store,
        embedder: Embedder | None,
        reader: Reader,
        calibration: Calibration = _UNCALIBRATED,
    ) -> None:
        self.store = store
        self.embedder = embedder
        self.reader = reader
        self.calibration = calibration

    def ask(self, question: Question) -> Answer:
        """Answer a question, or decline to.

        Raises:
            UnknownDocumentError: The question names a document that is not in the index.
        """
        return next(step for step in self.steps(question) if isinstance(step, Answer))

    def steps(self, question: Question) -> Iterator[Understood | Found | Answer]:
        """Answer a question and tell on the way what it is taken for and what is found.

        Raises:
            UnknownDocumentError: The question names a document that is not in the index.
        """
        started = perf_counter()
        text = understand(question.text, question.history)
        yield Understood(question.text, text)
        with self.store.snapshot() as snapshot:
            found = self._search(snapshot, question, text)
            documents = cache(snapshot.document)
            near = tuple(
                show_passage(documents(hit.passage.document_id), hit)
                for hit in found.hits[: question.top_k]
            )
            yield Found(near)
            searched = perf_counter()
            idf = {term: snapshot.idf(term) for term in query_terms(text)}
            spans = self.reader.read(text, found.hits[:READ], idf)
            read = perf_counter()
            decided = _decide(spans, documents, self.calibration, question.max_error)
            timings = {"read": 1e3 * (read - searched), "total": 1e3 * (perf_counter() - started)}
            answered = Answer(
                question=question.text,
                understood_as=text,
                answer=_joined(decided.citations),
                abstained=decided.reason is not None,
                reason=decided.reason,
                confidence=decided.confidence,
                mode=Mode(found.mode),
                citations=decided.citations,
                alternatives=decided.alternatives,
                passages=near,
                generation=found.generation,
                timings_ms={**found.timings_ms, **timings},
            )
            answered = mark_stale(answered, snapshot.stale)
        yield answered

    def search(self, question: Question) -> SearchResult:
        """Find the passages near a question, without reading them."""
        with self.store.snapshot() as snapshot:
            return self._search(snapshot, question, understand(question.text, question.history))

    def _search(self, snapshot: Snapshot, question: Question, text: str) -> SearchResult:
        k = max(question.top_k, READ)
        return search(snapshot, self.embedder, text, k=k, documents=question.documents)


@dataclass(frozen=True, slots=True)
class _Decision:
    """Whether to answer, how surely, and with what."""

    reason: Reason | None
    confidence: float
    citations: tuple[Citation, ...]
    alternatives: tuple[Alternative, ...]


def _decide(
    spans: Sequence[Span],
    documents: Documents,
    calibration: Calibration,
    max_error: float | None,
) -> _Decision:
    """Decide whether the best span is the answer.

    Args:
        spans: The best first.
        documents: Returns the document by an id.
        calibration: Says how sure they are.
        max_error: See Question.
    """
    cited = list(islice(_cited(spans, documents), 1 + _ALTERNATIVES))
    confidences = [calibration.confidence(span.score) for span, _ in cited]
    rivals = [
        confidence
        for (_, citations), confidence in zip(cited[1:], confidences[1:], strict=True)
        if not _say_the_same(cited[0][1], citations)
    ]
    reason = reason_to_abstain([*confidences[:1], *rivals], calibration.threshold(max_error))
    return _Decision(
        reason,
        confidences[0] if cited else 0.0,
        cited[0][1] if reason is None else (),
        tuple(_alternatives(cited, confidences, reason)),
    )


def _say_the_same(one: Sequence[Citation], other: Sequence[Citation]) -> bool:
    """Tell whether one of two answers holds the other: "May 1997" does not dispute "27 May 1997".

    A list holds another if it has each of its items, in whatever order.
    """
    return _holds(one, other) or _holds(other, one)


def _holds(one: Sequence[Citation], other: Sequence[Citation]) -> bool:
    return all(any(_agree(item.quote, own.quote) for own in one) for item in other)


def _agree(one: str, other: str) -> bool:
    return bool(answer_contained(one, [other]) or answer_contained(other, [one]))


def _joined(citations: Sequence[Citation]) -> str:
    """Return what an answer says: its quote, or the items of its list."""
    return _SEPARATOR.join(citation.quote for citation in citations)


def _alternatives(
    cited: Sequence[Cited], confidences: Sequence[float], reason: Reason | None
) -> Iterator[Alternative]:
    """Yield the answers beside the one that is given, or those of which none is."""
    if reason not in (None, Reason.DISAGREEMENT):
        return
    for at, ((_, citations), confidence) in enumerate(zip(cited, confidences, strict=True)):
        is_given = at == 0 and reason is None
        if confidence >= _LEAST_LIKELY_ALTERNATIVE and not is_given:
            yield Alternative(_joined(citations), confidence, citations[0])


def _cited(spans: Sequence[Span], documents: Documents) -> Iterator[Cited]:
    """Cite spans; one whose source does not say what it quotes is never shown."""
    for span in spans:
        document = documents(span.hit.passage.document_id)
        ranges = span.items or ((span.start, span.end),)
        try:
            yield (
                span,
                tuple(
                    cite(document, span.hit, quoted, number=number)
                    for number, quoted in enumerate(ranges, start=1)
                ),
            )
        except SourceChangedError:  # whose message quotes the text, which a log does not
            _logger.warning(
                "%s: a quote that it does not hold is left out: index it again", document.path
            )
