"""Run a test set against the assistant, question by question."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import version
from time import perf_counter
from typing import TypeVar

from assistant.answering import Assistant
from assistant.evaluation.causes import find_cause
from assistant.evaluation.matching import slices_to_quote
from assistant.evaluation.places import GoldPlaces
from assistant.evaluation.records import Found, QuestionResult
from assistant.evaluation.scoring import PASSAGE_DEPTHS
from assistant.records import NEVER_ABSTAIN, Answer, Citation, Question, Turn
from assistant.testsets.naming import gold_documents, name_documents
from assistant.testsets.records import GoldQuestion, Qrels, TestSet
from index.errors import TestSetError, UnknownDocumentError
from index.records import Hit, Retriever
from index.search import SearchResult

_DEPTH = 100  # passages asked of each retriever: enough for ten documents of ten passages

Result = TypeVar("Result")


class Examiner:
    """Puts the questions of a test set to an assistant.

    Args:
        test_set: What to ask.
        assistant: Whom to ask; the gold documents are looked for in its index.
        max_error: The accepted share of wrong answers, 0 to 1. Without it the assistant's own
            holds where the test set has unanswerable questions, and elsewhere it never abstains.
        oracle: Let each question see only its own document; retrieval is then not measured.

    Raises:
        TestSetError: ``oracle``, and a question's document is not known or not in the index.
    """

    def __init__(
        self,
        test_set: TestSet,
        assistant: Assistant,
        *,
        max_error: float | None = None,
        oracle: bool = False,
    ) -> None:
        self._test_set = test_set
        self._assistant = assistant
        self._oracle = oracle
        self._may_abstain = test_set.has_unanswerable or max_error is not None
        self._max_error = max_error if self._may_abstain else NEVER_ABSTAIN
        self._names = name_documents(test_set, assistant.store.documents())
        self._ids = {name: document_id for document_id, name in self._names.items()}
        self._places = GoldPlaces(assistant.store, self._names)
        self._source_text = lru_cache(maxsize=64)(self._read_source_text)
        if oracle:
            self._refuse_unplaced_questions()

    @property
    def qrels(self) -> Qrels:
        """The judgements to measure retrieval by; none where no judged document is indexed."""
        return self._test_set.qrels if self._names and not self._oracle else {}

    @property
    def settings(self) -> Mapping[str, object]:
        """What the figures depend on, for the record of the run."""
        return {
            "test_set": self._test_set.name,
            "format": self._test_set.format,
            "questions": len(self._test_set.questions),
            "documents": self._assistant.store.counts().documents,
            "generation": self._assistant.store.generation,
            "embedder": self._assistant.store.embedder_name,
            "reader": self._assistant.reader.name,
            "mode": self._assistant.search(Question(self._test_set.questions[0].text)).mode,
            "max_error": self._max_error,
            "oracle": self._oracle,
            "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "program": version("document-assistant"),
        }

    @property
    def missing_documents(self) -> frozenset[str]:
        """The gold documents that are not in the index: nothing can be found in them."""
        return frozenset(gold_documents(self._test_set).difference(self._ids))

    def run(self) -> Iterator[QuestionResult]:
        """Ask every question in the order of the test set, yielding each result as it comes."""
        self._examine(self._test_set.questions[0], ())  # loads the models, which is not timed
        for number, conversation in enumerate(self._test_set.conversations):
            history: tuple[Turn, ...] = ()
            for turn, gold in enumerate(conversation.turns, start=1):
                result = self._examine(gold, history)
                yield replace(result, conversation=number, turn=turn)
                if result.answer:
                    history += (Turn(result.answer.understood_as, result.answer.answer),)

    def _examine(self, gold: GoldQuestion, history: tuple[Turn, ...]) -> QuestionResult:
        question = self._question(gold, history)
        if gold.answers is None:
            found, seconds = _timed(lambda: self._search(question))
            return QuestionResult(gold, found=self._judge(gold, found), seconds=seconds)
        answer, seconds = _timed(lambda: self._assistant.ask(question))
        best = self._best(question, gold, answer)
        searched = self._search(question)
        return QuestionResult(
            gold,
            answer=answer,
            best_answer=best.answer if self._may_abstain and gold.answers else None,
            exact_citations=tuple(map(self._is_exact, answer.citations)),
            placed_citations=tuple(self._are_placed(gold, answer.citations)),
            cause=find_cause(gold, answer, best, searched, self._places),
            found={} if self._oracle else self._judge(gold, searched),
            seconds=seconds,
        )

    def _question(self, gold: GoldQuestion, history: tuple[Turn, ...]) -> Question:
        within = (self._ids[gold.document],) if self._oracle and gold.document else ()
        return Question(gold.text, max_error=self._max_error, documents=within, history=history)

    def _best(self, question: Question, gold: GoldQuestion, answer: Answer) -> Answer:
        """Return the answer with abstention off, where there is a right one to be declined."""
        if not (answer.abstained and gold.answers):
            return answer
        return self._assistant.ask(replace(question, max_error=NEVER_ABSTAIN))

    def _search(self, question: Question) -> SearchResult:
        return self._assistant.search(replace(question, top_k=_DEPTH))

    def _judge(self, gold: GoldQuestion, searched: SearchResult) -> Mapping[Retriever, Found]:
        found = {Retriever.KEYWORDS: searched.keywords}
        if searched.mode == "hybrid":
            found |= {Retriever.DENSE: searched.dense, Retriever.HYBRID: searched.hits}
        return {retriever: self._found(gold, hits) for retriever, hits in found.items()}

    def _found(self, gold: GoldQuestion, hits: Sequence[Hit]) -> Found:
        documents = [hit.passage.document_id for hit in hits]
        first = [hit.passage for hit in hits[: max(PASSAGE_DEPTHS)]]
        return Found(
            tuple(dict.fromkeys(self._names.get(document, document) for document in documents)),
            tuple(self._places.answers(gold, passage.text) for passage in first),
            tuple(self._places.is_in(gold, passage) for passage in first),
        )

    def _are_placed(self, gold: GoldQuestion, citations: Sequence[Citation]) -> Iterator[bool]:
        if gold.answers and gold.document in self._ids:
            yield from (self._places.is_cited(gold, citation) for citation in citations)

    def _is_exact(self, citation: Citation) -> bool:
        try:
            return slices_to_quote(citation, self._source_text(citation.document_id))
        except UnknownDocumentError:
            return False

    def _read_source_text(self, document_id: str) -> str:
        return self._assistant.store.document(document_id).source_text

    def _refuse_unplaced_questions(self) -> None:
        for question in self._test_set.questions:
            if question.document not in self._ids:
                raise TestSetError(
                    f"{self._test_set.name}: the document of question {question.id!r} is not "
                    "named or not in the index, so it cannot be read alone; leave out --oracle"
                )


def _timed(call: Callable[[], Result]) -> tuple[Result, float]:
    started = perf_counter()
    result = call()
    return result, perf_counter() - started
