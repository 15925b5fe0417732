from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answering import Assistant
from assistant.conversation import understand
from assistant.evaluation.records import QuestionResult
from assistant.evaluation.results import summarise
from assistant.evaluation.running import Examiner
from assistant.records import Answer, Question, Span, Turn
from assistant.testsets.corpus import index_corpus
from assistant.testsets.records import (
    Conversation,
    CorpusDocument,
    GoldQuestion,
    TestSet,
    gold_document_qrels,
)
from index.embedding import Embedder
from index.errors import TestSetError
from index.records import Hit, Retriever
from index.store import Store

DOCUMENTS = (
    CorpusDocument("act", "Founding Act", "The Founding Act was signed in Paris on 27 May 1997."),
    CorpusDocument("nrc", "Council", "The Rome summit of 2002 made the NATO-Russia Council."),
    CorpusDocument("paris", "", "Paris is the capital of France, and many acts were signed there."),
    CorpusDocument("title", "Conventional Armed Forces in Europe", ""),
)
WHERE = GoldQuestion("where", "Where was the Founding Act signed?", ("Paris",), "act")
WHEN = GoldQuestion("when", "When was it signed?", ("27 May 1997",), "act")
SUMMIT = GoldQuestion("summit", "Which summit made the Council?", ("Rome summit",), "nrc")
WHO = GoldQuestion("who", "Who refused to sign the Founding Act?", (), "act")


class ScriptedReader:
    """Finds the answers that it is given, each with its logit, where a passage holds them."""

    name = "script"

    def __init__(self, script: Mapping[str, tuple[str, float]]) -> None:
        self._script = script

    def read(self, question: str, hits: Sequence[Hit], idf: Mapping[str, float]) -> list[Span]:
        answer, logit = self._script.get(question, ("nowhere", 0.0))
        spans = []
        for hit in hits:
            at = hit.passage.text.find(answer)
            if at >= 0:
                start = hit.passage.start + at
                spans.append(Span(start, start + len(answer), logit, hit))
        return spans


class Recorder(Assistant):
    """Notes what it is asked."""

    def __init__(self, store: Store, embedder: Embedder | None, reader: ScriptedReader) -> None:
        super().__init__(store, embedder, reader)
        self.asked: list[Question] = []

    def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        return super().ask(question)

    def timed(self) -> list[Question]:
        """Return what was asked after the first question, which is asked once more before all."""
        return self.asked[1:]


def a_set(*questions: GoldQuestion, conversation: bool = False) -> TestSet:
    conversations = (
        (Conversation(questions),)
        if conversation
        else tuple(Conversation((question,)) for question in questions)
    )
    return TestSet("t", "squad", conversations, gold_document_qrels(conversations), DOCUMENTS)


@pytest.fixture
def store(tmp_path: Path, embedder: Embedder) -> Iterator[Store]:
    with Store.open(tmp_path / "index", embedder_name=embedder.name, create=True) as store:
        list(index_corpus(store, DOCUMENTS, embedder))
        yield store


@pytest.fixture
def assistant(store: Store, embedder: Embedder) -> Recorder:
    script = {
        WHERE.text: ("Paris", 3.0),
        WHEN.text: ("27 May", -1.0),
        SUMMIT.text: ("Rome summit", 2.0),
        WHO.text: ("Paris", -1.0),
    }
    return Recorder(store, embedder, ScriptedReader(script))


def run(test_set: TestSet, assistant: Assistant) -> list[QuestionResult]:
    return list(Examiner(test_set, assistant).run())


def test_answers_are_scored_with_their_citations(assistant: Recorder) -> None:
    test_set = a_set(WHERE, SUMMIT)
    examiner = Examiner(test_set, assistant)
    evaluation = summarise(list(examiner.run()), examiner.qrels, examiner.settings)
    metrics = {name: estimate.value for name, estimate in evaluation.metrics.items()}
    assert metrics["em"] == metrics["f1"] == metrics["citation_exact"] == 1.0
    assert metrics["recall@10"] == metrics["passage_recall@10"] == 1.0
    assert "em_answerable" not in metrics
    assert evaluation.settings["documents"] == 4
    assert evaluation.settings["mode"] == "hybrid"
    assert evaluation.settings["max_error"] == 1.0
    assert examiner.missing_documents == frozenset()
    assert set(evaluation.retrieval) == set(Retriever)


def test_assistant_never_abstains_where_all_is_answerable(assistant: Recorder) -> None:
    (result,) = run(a_set(WHEN), assistant)
    assert [question.max_error for question in assistant.timed()] == [1.0]
    assert result.answer is not None
    assert result.answer.answer == "27 May"
    assert result.best_answer is None


def test_accepted_error_lets_it_abstain_anywhere(assistant: Recorder) -> None:
    (result,) = Examiner(a_set(WHEN), assistant, max_error=0.5).run()
    assert result.answer is not None
    assert result.answer.abstained
    asked_and_asked_for_the_best = [0.5, 1.0]
    assert [question.max_error for question in assistant.asked[2:]] == asked_and_asked_for_the_best


def test_best_answer_is_asked_for_beside_an_abstention(assistant: Recorder) -> None:
    results = run(a_set(WHERE, WHEN, WHO), assistant)
    assert [result.answer.answer for result in results if result.answer] == ["Paris", "", ""]
    assert [result.best_answer for result in results] == ["Paris", "27 May", None]
    asked = [(question.text, question.max_error) for question in assistant.timed()]
    assert asked == [(WHERE.text, None), (WHEN.text, None), (WHEN.text, 1.0), (WHO.text, None)]


def test_history_holds_the_questions_as_understood_and_their_answers(assistant: Recorder) -> None:
    conversation = a_set(WHERE, replace(WHEN, answers=()), SUMMIT, conversation=True)
    results = run(conversation, assistant)
    assert [(result.conversation, result.turn) for result in results] == [(0, 1), (0, 2), (0, 3)]
    first, second = assistant.asked[-1].history
    assert first == Turn(WHERE.text, "Paris")
    assert second == Turn(understand(WHEN.text, [first]), "")
    assert second.question.startswith("When was the Founding Act signed?")


def test_passages_are_judged_by_answer_and_by_place(assistant: Recorder) -> None:
    (result,) = run(a_set(WHERE), assistant)
    hybrid = result.found[Retriever.HYBRID]
    in_paris = next(each.id for each in assistant.store.documents() if each.path == "paris")
    assert hybrid.documents.count("act") == 1
    assert len(hybrid.documents) == len(hybrid.holds_answer) == len(DOCUMENTS)
    holding = {
        name for name, held in zip(hybrid.documents, hybrid.holds_answer, strict=True) if held
    }
    assert holding == {"act", in_paris}
    assert {name for name, held in zip(hybrid.documents, hybrid.in_place, strict=True) if held} == {
        "act"
    }


def test_title_alone_is_found(assistant: Recorder) -> None:
    query = GoldQuestion("q", "conventional forces", None)
    test_set = TestSet("t", "beir", (Conversation((query,)),), {"q": {"title": 1}}, DOCUMENTS)
    (result,) = run(test_set, assistant)
    assert result.answer is None
    assert assistant.asked == []
    assert [found.documents[0] for found in result.found.values()] == ["title"] * 3
    assert result.seconds > 0


def test_oracle_reads_only_the_given_document(assistant: Recorder) -> None:
    examiner = Examiner(a_set(WHERE, SUMMIT), assistant, oracle=True)
    results = list(examiner.run())
    for question, name in zip(assistant.timed(), ("act", "nrc"), strict=True):
        (document,) = question.documents
        assert assistant.store.document(document).path == name
    assert all(result.found == {} for result in results)
    assert examiner.qrels == {}


def test_oracle_needs_the_document_of_every_question(assistant: Recorder) -> None:
    for document in (None, "elsewhere"):
        unplaced = replace(SUMMIT, document=document)
        with pytest.raises(TestSetError, match="question 'summit' is not named or not in"):
            Examiner(a_set(WHERE, unplaced), assistant, oracle=True)


def test_documents_that_are_not_indexed_are_told(assistant: Recorder) -> None:
    elsewhere = replace(SUMMIT, document="elsewhere")
    assert Examiner(a_set(WHERE, elsewhere), assistant).missing_documents == {"elsewhere"}
    assert Examiner(a_set(WHERE, elsewhere), assistant).qrels != {}
    assert Examiner(a_set(elsewhere), assistant).qrels == {}


def test_without_vectors_keywords_are_the_only_ranking(tmp_path: Path) -> None:
    with Store.open(tmp_path / "index", embedder_name=None, create=True) as store:
        list(index_corpus(store, DOCUMENTS, None))
        examiner = Examiner(a_set(WHERE), Assistant(store, None, ScriptedReader({})))
        (result,) = examiner.run()
        evaluation = summarise([result], examiner.qrels, examiner.settings)
    assert set(result.found) == set(evaluation.retrieval) == {Retriever.KEYWORDS}
    assert evaluation.settings["mode"] == "keywords"
    assert evaluation.metrics["recall@10"].value == 1.0


def test_assistant_without_an_embedder_is_examined_by_keywords(store: Store) -> None:
    examiner = Examiner(a_set(WHERE), Assistant(store, None, ScriptedReader({})))
    (result,) = examiner.run()
    assert set(result.found) == {Retriever.KEYWORDS}
    assert examiner.settings["mode"] == "keywords"


def test_citation_of_a_changed_source_is_not_exact(assistant: Recorder, store: Store) -> None:
    class Misquoting(Recorder):
        def ask(self, question: Question) -> Answer:
            answer = super().ask(question)
            moved = tuple(
                replace(
                    citation,
                    source_ranges=tuple(
                        (start + 1, end + 1) for start, end in citation.source_ranges
                    ),
                )
                for citation in answer.citations
            )
            return replace(answer, citations=moved)

    test_set = a_set(WHERE)
    misquoting = Misquoting(store, None, ScriptedReader({WHERE.text: ("Paris", 1.0)}))
    assert [result.exact_citations for result in run(test_set, misquoting)] == [(False,)]
    assert [result.exact_citations for result in run(test_set, assistant)] == [(True,)]
