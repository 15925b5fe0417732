"""Metrics of a ranking against relevance judgements, computed by trec_eval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.evaluation.records import Qrels

Run = Mapping[str, Sequence[str]]  # question id → what was found, best first

DOCUMENT_METRICS = {
    "recall@1": "recall_1",
    "recall@5": "recall_5",
    "recall@10": "recall_10",
    "mrr": "recip_rank",
    "ndcg@10": "ndcg_cut_10",
}
SUCCESS_METRICS = {"@1": "success_1", "@5": "success_5", "@10": "success_10"}


def score_rankings(
    qrels: Qrels, run: Run, metrics: Mapping[str, str]
) -> dict[str, dict[str, float]]:
    """Score each judged question's ranking; one that found nothing scores 0.

    nDCG takes a document's grade as its gain and the binary logarithm of rank + 1 as its discount.

    Args:
        qrels: Grades by question and document; above 0 is relevant.
        run: Rankings without repeats; those without judgements are passed over.
        metrics: Our name → trec_eval's name, as DOCUMENT_METRICS.

    Returns:
        Question id → metric → score, 0 to 1.
        Source: trec_eval (Buckley, NIST); Järvelin and Kekäläinen 2002 for nDCG.
    """
    import pytrec_eval  # noqa: PLC0415

    # trec_eval orders by score and breaks ties its own way, so the scores strictly fall.
    falling = {
        question: {name: float(len(run.get(question, ())) - rank) for rank, name in ranked}
        for question, ranked in ((q, enumerate(run.get(q, ()))) for q in qrels)
    }
    evaluator = pytrec_eval.RelevanceEvaluator(
        {question: dict(grades) for question, grades in qrels.items()},
        {name.replace("_1", ".1", 1) for name in metrics.values()},
    )
    scored = evaluator.evaluate(falling)
    return {
        question: {ours: scored[question][theirs] for ours, theirs in metrics.items()}
        for question in qrels
    }
