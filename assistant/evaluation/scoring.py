"""What is observed of each metric on one question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.evaluation.metrics import answer_contained, exact_match, f1, is_right
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
    seen = _compare(result.answer.answer, golds, "")
    seen["answer_contained"] = [answer_contained(result.answer.answer, golds)]
    if result.best_answer is not None:
        seen |= _compare(result.best_answer, golds, "_answerable")
    if result.turn > 1:
        seen |= {f"later_turns_{name}": seen[name] for name in ("em", "f1", "right")}
    seen["citation_exact"] = [float(exact) for exact in result.exact_citations]
    seen["citation_in_place"] = [float(placed) for placed in result.placed_citations]
    return seen


def observe_abstention(result: QuestionResult) -> Observations:
    """Tell whether an abstention was of an unanswerable question, and such a question declined."""
    if result.answer is None or result.question.answers is None:
        return {}
    is_unanswerable = not result.question.answers
    return {
        "abstention_precision": [float(is_unanswerable)] if result.answer.abstained else [],
        "abstention_recall": [float(result.answer.abstained)] if is_unanswerable else [],
    }


def _compare(answer: str, golds: Sequence[str], suffix: str) -> dict[str, list[float]]:
    return {
        f"right{suffix}": [float(is_right(answer, golds))],
        f"em{suffix}": [exact_match(answer, golds)],
        f"f1{suffix}": [f1(answer, golds)],
    }


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
