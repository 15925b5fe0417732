"""What is observed of each metric on one question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.evaluation.metrics import answer_contained, exact_match, f1
from assistant.evaluation.ranking import score_rankings
from assistant.evaluation.records import Found, QuestionResult
from assistant.testsets.records import Qrels
from index.records import Retriever

PASSAGE_DEPTHS = (1, 5, 10)

Observations = Mapping[str, Sequence[float]]  # metric → what was seen of it, mostly one value


def observe_answer(result: QuestionResult) -> Observations:
    """Score what was answered: only the metrics that this question can give."""
    golds = result.question.answers
    if result.answer is None or golds is None:
        return {}
    given = result.answer.answer
    seen = {
        "em": [exact_match(given, golds)],
        "f1": [f1(given, golds)],
        "answer_contained": [answer_contained(given, golds)],
    }
    if result.best_answer is not None:
        seen["em_answerable"] = [exact_match(result.best_answer, golds)]
        seen["f1_answerable"] = [f1(result.best_answer, golds)]
    if result.turn > 1:
        seen["later_turns_f1"] = seen["f1"]
    seen["citation_exact"] = [float(exact) for exact in result.exact_citations]
    return seen


def observe_retrieval(
    results: Sequence[QuestionResult], qrels: Qrels, retriever: Retriever
) -> list[Observations]:
    """Score what one retriever found for each question, by document and by passage.

    Documents are judged by the qrels; a passage by whether a gold answer stands in it, and for
    ``passage_recall`` also by whether it belongs to the question's gold document.
    """
    run = {
        result.question.id: result.found[retriever].documents
        for result in results
        if retriever in result.found
    }
    judged = {question: grades for question, grades in qrels.items() if question in run}
    by_document = score_rankings(judged, run)
    return [
        {name: [score] for name, score in by_document.get(result.question.id, {}).items()}
        | _observe_passages(result, result.found.get(retriever), in_place=bool(qrels))
        for result in results
    ]


def _observe_passages(
    result: QuestionResult, found: Found | None, *, in_place: bool
) -> dict[str, list[float]]:
    if found is None or not result.question.answers:
        return {}
    seen = {f"answer_recall@{k}": [float(any(found.holds_answer[:k]))] for k in PASSAGE_DEPTHS}
    if in_place and result.question.document:
        seen |= {f"passage_recall@{k}": [float(any(found.in_place[:k]))] for k in PASSAGE_DEPTHS}
    return seen
