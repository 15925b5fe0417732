"""Metrics of a ranking against relevance judgements, computed by trec_eval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytrec_eval

from assistant.testsets.records import Qrels

Run = Mapping[str, Sequence[str]]  # question id → what was found, best first

_TREC_EVAL_NAMES = {
    "recall@1": "recall_1",
    "recall@5": "recall_5",
    "recall@10": "recall_10",
    "mrr": "recip_rank",
    "ndcg@10": "ndcg_cut_10",
}


def score_rankings(qrels: Qrels, run: Run) -> dict[str, dict[str, float]]:
    """Score each judged question's ranking; one that found nothing scores 0.

    nDCG takes a document's grade as its gain and the binary logarithm of rank + 1 as its discount.

    Args:
        qrels: Grades by question and document; above 0 is relevant.
        run: Rankings without repeats; those without judgements are passed over.

    Returns:
        Question id → metric (recall@1, @5, @10, mrr, ndcg@10) → score, 0 to 1.
        Source: trec_eval (Buckley, NIST); Järvelin and Kekäläinen 2002 for nDCG.
    """
    # trec_eval orders by score and breaks ties its own way, so the scores strictly fall.
    scored_run = {
        question: {name: -float(rank) for rank, name in enumerate(run.get(question, ()))}
        for question in qrels
    }
    evaluator = pytrec_eval.RelevanceEvaluator(
        {question: dict(grades) for question, grades in qrels.items()},
        set(_TREC_EVAL_NAMES.values()),
    )
    scored = evaluator.evaluate(scored_run)
    return {
        question: {ours: scored[question][theirs] for ours, theirs in _TREC_EVAL_NAMES.items()}
        for question in qrels
    }
