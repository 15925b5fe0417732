"""A question → its answer: search, read, decide, cite."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice
from time import perf_counter

from assistant.citing import cite, show_passage
from assistant.confidence import probability, reason_to_abstain
from assistant.reader import Reader
from assistant.records import Alternative, Answer, Citation, Mode, Question, Span
from index.embedding import Embedder
from index.errors import SourceChangedError
from index.records import Document
from index.search import SearchResult, search
from index.store import Store
from index.store.snapshot import Snapshot
from index.terms import query_terms

_logger = logging.getLogger(__name__)

_FEWEST_READ = 5  # passages, also where fewer are shown
_ALTERNATIVES = 3
_LEAST_LIKELY_ALTERNATIVE = 0.1

Documents = Callable[[str], Document]


class Assistant:
    """Answers questions from the documents of an index, in their own words."""

    def __init__(self, store: Store, embedder: Embedder | None, reader: Reader) -> None:
        self.store = store
        self._embedder = embedder
        self._reader = reader

    def ask(self, question: Question) -> Answer:
        """Answer a question, or decline to.

        Raises:
            UnknownDocumentError: The question names a document that is not in the index.
        """
        started = perf_counter()
        with self.store.snapshot() as snapshot:
            found = self._search(snapshot, question)
            searched = perf_counter()
            idf = {term: snapshot.idf(term) for term in query_terms(question.text)}
            spans = self._reader.read(question.text, found.hits, idf)
            read = perf_counter()
            answer = _answer(question, found, spans, cache(snapshot.document))
        timings = {"read": 1e3 * (read - searched), "total": 1e3 * (perf_counter() - started)}
        return replace(answer, timings_ms={**found.timings_ms, **timings})

    def search(self, question: Question) -> SearchResult:
        """Find the passages near a question, without reading them."""
        with self.store.snapshot() as snapshot:
            return self._search(snapshot, question)

    def _search(self, snapshot: Snapshot, question: Question) -> SearchResult:
        k = max(question.top_k, _FEWEST_READ)
        return search(snapshot, self._embedder, question.text, k=k, documents=question.documents)


def _answer(
    question: Question, found: SearchResult, spans: Sequence[Span], documents: Documents
) -> Answer:
    cited = list(islice(_cited(spans, documents), 1 + _ALTERNATIVES))
    reason = reason_to_abstain([span for span, _ in cited], question.max_error)
    answered = reason is None
    return Answer(
        question=question.text,
        understood_as=question.text,
        answer=cited[0][1].quote if answered else "",
        abstained=not answered,
        reason=reason,
        confidence=probability(cited[0][0].score) if cited else 0.0,
        mode=Mode(found.mode),
        citations=(cited[0][1],) if answered else (),
        alternatives=tuple(
            Alternative(citation.quote, probability(span.score), citation)
            for span, citation in cited[1:]
            if answered and probability(span.score) >= _LEAST_LIKELY_ALTERNATIVE
        ),
        passages=tuple(
            show_passage(documents(hit.passage.document_id), hit)
            for hit in found.hits[: question.top_k]
        ),
        generation=found.generation,
        timings_ms={},
    )


def _cited(spans: Sequence[Span], documents: Documents) -> Iterator[tuple[Span, Citation]]:
    """Cite spans; one whose source does not say what it quotes is never shown."""
    for span in spans:
        document = documents(span.hit.passage.document_id)
        try:
            yield span, cite(document, span.hit, (span.start, span.end), number=1)
        except SourceChangedError as error:
            _logger.warning("%s", error)
