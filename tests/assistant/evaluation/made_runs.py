"""Runs made by hand, as ``evaluate --json`` writes them."""

from __future__ import annotations

from typing import Any

CITATION = {
    "number": 1,
    "document_id": "acts",
    "title": "Acts",
    "path": "acts.txt",
    "page": 2,
    "section": [],
    "quote": "in May 2002",
    "sentence": "They met in May 2002 in Rome.",
    "source_ranges": [[9, 20]],
    "exact": True,
}
PASSAGE = {
    "title": "Acts",
    "path": "acts.txt",
    "page": None,
    "text": "The treaty of Paris.",
    "rank": 1,
    "holds_answer": False,
}


def figure(value: float, reach: float = 0.05) -> dict[str, float]:
    """Make a figure with an interval of so much to either side."""
    return {"value": value, "low": round(value - reach, 6), "high": round(value + reach, 6)}


def question(id_: str = "1", **changes: Any) -> dict[str, Any]:
    """Make a question that was answered right, but for what is changed."""
    made = {
        "id": id_,
        "question": "When did they meet?",
        "understood_as": "When did they meet?",
        "kind": "when",
        "document": "acts.txt",
        "conversation": 0,
        "turn": 1,
        "answers": ["May 2002"],
        "answer": "in May 2002",
        "best_answer": None,
        "abstained": False,
        "reason": None,
        "confidence": 0.9,
        "right": True,
        "em": 0.0,
        "f1": 0.8,
        "cause": None,
        "scores": {"em": 0.0, "f1": 0.8},
        "seconds": 0.2,
        "citations": [CITATION],
        "passages": [],
    }
    return made | changes


def missed(id_: str = "2", **changes: Any) -> dict[str, Any]:
    """Make a question that was answered wrong."""
    wrong = {
        "question": "Who signed the treaty?",
        "understood_as": "Who signed the treaty of Paris?",
        "kind": "who",
        "answers": ["the king"],
        "answer": "the queen",
        "right": False,
        "f1": 0.5,
        "cause": "other_span",
        "passages": [PASSAGE, PASSAGE | {"rank": 2, "text": "The king.", "holds_answer": True}],
    }
    return question(id_, **wrong | changes)


def declined(id_: str = "3", **changes: Any) -> dict[str, Any]:
    """Make a question that was rightly declined."""
    nothing = {
        "question": "Where is it kept?",
        "answers": [],
        "answer": "",
        "abstained": True,
        "reason": "nothing_near",
        "confidence": 0.1,
        "citations": [],
    }
    return question(id_, **nothing | changes)


def run(*questions: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Make a run of all sections, but for what is changed; a section of None is left out."""
    asked = list(questions) or [question(), missed(), declined()]
    of_group = {"f1": figure(0.61), "right": figure(0.62)}
    made: dict[str, Any] = {
        "version": 1,
        "settings": {
            "test_set": "dev.jsonl",
            "questions": len(asked),
            "mode": "hybrid",
            "max_error": None,
            "oracle": False,
            "started_at": "2026-11-22T15:20:00+00:00",
        },
        "metrics": {
            "right": figure(0.667),
            "f1": figure(0.767),
            "ece": figure(0.123),
            "recall@1": figure(0.345),
            "latency_p50_ms": figure(200, 20),
            "new_metric": figure(0.456),
        },
        "retrieval": {"dense": {"mrr": figure(0.511)}, "hybrid": {"mrr": figure(0.522)}},
        "speed": {"questions_per_second": figure(5.4, 1)},
        "by_kind": {"when": of_group, "who": {"f1": figure(0.5)}},
        "by_document": {"acts.txt": of_group},
        "by_turn": {"1": of_group},
        "curves": {
            "reliability": [{"count": 4, "confidence": 0.25, "accuracy": 0.5}],
            "risk_coverage": [
                {"threshold": 0.9, "coverage": 0.5, "risk": 0.0},
                {"threshold": 0.1, "coverage": 1.0, "risk": 0.4},
            ],
        },
        "causes": {"other_span": 1},
        "questions": asked,
    }
    return {name: given for name, given in (made | changes).items() if given is not None}


def retrieval_run() -> dict[str, Any]:
    """Make a run of a test set that judges documents and has no answers."""
    unanswered: dict[str, Any] = dict.fromkeys(
        ("answer", "best_answer", "abstained", "reason", "confidence", "right", "em", "f1", "kind")
    )
    asked = question(
        answers=[], citations=[], document=None, scores={"ndcg@10": 0.63}, **unanswered
    )
    return run(
        asked,
        metrics={"ndcg@10": figure(0.63)},
        by_kind=None,
        by_document=None,
        by_turn=None,
        curves=None,
        causes={},
    )


COMPARISON: dict[str, Any] = {
    "shared": 3,
    "metrics": {
        "f1": {
            "now": 0.8, "before": 0.7, "difference": {"value": 0.1, "low": 0.05, "high": 0.15},
            "p": 0.012, "wins": 2, "losses": 0, "ties": 1,
        },
        "ece": {
            "now": 0.2, "before": 0.1, "difference": {"value": 0.1, "low": 0.05, "high": 0.15},
            "p": 0.0002, "wins": 0, "losses": 2, "ties": 1,
        },
        "em": {
            "now": 0.6, "before": 0.5, "difference": {"value": 0.1, "low": -0.05, "high": 0.25},
            "p": 0.25, "wins": 1, "losses": 1, "ties": 1,
        },
    },
    "gained": [
        {
            "id": "1", "question": "When did they meet?", "answers": ["May 2002"],
            "answer_before": "Rome", "answer_now": "in May 2002",
            "cause_before": "other_span", "cause_now": None,
        }
    ],
    "lost": [
        {
            "id": "2", "question": "Who signed the treaty?", "answers": ["the king"],
            "answer_before": "the king", "answer_now": "",
            "cause_before": None, "cause_now": "abstained",
        }
    ],
    "only_now": ["3"],
    "only_before": [],
    "changed": ["4", "5"],
    "settings": [{"name": "mode", "before": "keywords", "now": "hybrid"}],
}  # fmt: skip
