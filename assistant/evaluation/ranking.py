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
        qrels: Grades by question and document, within a million of 0; above 0 is relevant.
        run: Rankings without repeats; those without judgements are passed over.

    Returns:
        Question id → metric (recall@1, @5, @10, mrr, ndcg@10) → score, 0 to 1.
        Source: trec_eval (Buckley, NIST); Järvelin and Kekäläinen 2002 for nDCG.
    """
    judged: dict[str, dict[str, int]] = {}
    ranked: dict[str, dict[str, float]] = {}
    for number, (question, grades) in enumerate(qrels.items()):
        found = run.get(question, ())
        # Positions stand for names: a name with a NUL or half a character brings the process down.
        positions = {name: str(at) for at, name in enumerate(dict.fromkeys([*found, *grades]))}
        judged[str(number)] = {positions[name]: grade for name, grade in grades.items()}
        # trec_eval orders by score and breaks ties its own way, so the scores strictly fall.
        ranked[str(number)] = {positions[name]: -float(rank) for rank, name in enumerate(found)}
    measures = set(_TREC_EVAL_NAMES.values())
    scored = pytrec_eval.RelevanceEvaluator(judged, measures).evaluate(ranked)
    return {
        question: {ours: scored[str(number)][theirs] for ours, theirs in _TREC_EVAL_NAMES.items()}
        for number, question in enumerate(qrels)
    }
