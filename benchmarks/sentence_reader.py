"""Fit the weights of the sentence reader: ``python -m benchmarks.sentence_reader SQUAD_FILE``.

Each question is asked twice: over all paragraphs, and with its own paragraph left out, when nothing
that is found answers it. One half of the articles (by hash of their titles) is fitted on, the other
reported on.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from tqdm import tqdm

from assistant.evaluation.corpus import index_corpus
from assistant.evaluation.matching import holds_any, letters
from assistant.evaluation.records import GoldQuestion
from assistant.evaluation.testsets import read_test_set
from assistant.reader.sentences import candidate_sentences, sentence_features, sentence_text
from index.embedding import Embedder, load_embedder
from index.records import Hit
from index.search import search
from index.store import Store
from index.terms import query_terms

_READ = 5  # passages
_SAMPLE = 600  # questions
_UNANSWERED = 0.25  # weight of a question without its paragraph: one in five is taken to be such


@dataclass(frozen=True)
class Case:
    """One question over one set of passages: its candidates' features, and which are right."""

    features: NDArray[np.float64]  # (candidates, features)
    right: NDArray[np.bool_]  # (candidates,)
    is_fitted_on: bool
    weight: float


def run(path: Path) -> None:
    """Fit, report, and print the weights."""
    embedder = load_embedder()
    test_set = read_test_set(path)
    questions = [question for question in test_set.questions if question.answers]
    sample = Random(7).sample(questions, min(_SAMPLE, len(questions)))
    with (
        TemporaryDirectory() as folder,
        Store.open(Path(folder), embedder_name=embedder.name, create=True) as store,
    ):
        for _ in index_corpus(store, test_set.documents or (), embedder):
            pass
        names = {summary.path: summary.id for summary in store.documents()}
        cases = [
            case
            for question in tqdm(sample, disable=None)
            for case in _cases(store, embedder, question, names[question.document or ""])
        ]
    weights = {"hybrid": _fit(cases, slice(None)), "keywords": _fit(cases, slice(1, None))}
    print(json.dumps(weights, indent=2))


def _cases(store: Store, embedder: Embedder, question: GoldQuestion, gold: str) -> Iterator[Case]:
    with store.snapshot() as snapshot:
        hits = search(snapshot, embedder, question.text, k=3 * _READ).hits
        idf = {term: snapshot.idf(term) for term in query_terms(question.text)}
        title = snapshot.document(gold).title
    answers = [letters(answer) for answer in question.answers or ()]
    is_fitted_on = sha256(title.encode()).digest()[0] % 2 == 0
    others = [hit for hit in hits if hit.passage.document_id != gold]
    for read, weight in ((hits, 1.0), (_reranked(others), _UNANSWERED)):
        candidates = candidate_sentences(read[:_READ])
        right = [
            hit.passage.document_id == gold
            and holds_any(letters(sentence_text(hit, start, end)), answers)
            for hit, start, end in candidates
        ]
        features = sentence_features(question.text, candidates, idf, embedder)
        yield Case(features, np.array(right), is_fitted_on, weight)


def _reranked(hits: Sequence[Hit]) -> list[Hit]:
    return [Hit(h.passage, h.score, rank, h.retriever) for rank, h in enumerate(hits, 1)]


def _fit(cases: Sequence[Case], columns: slice) -> dict[str, object]:
    """Fit a ranking of the candidates, then Platt's scaling of the best one's score."""
    fitted = [case for case in cases if case.is_fitted_on]
    ranking = LogisticRegression(C=100.0)
    ranking.fit(
        np.concatenate([case.features[:, columns] for case in fitted]),
        np.concatenate([case.right for case in fitted]),
    )
    weights = ranking.coef_[0]
    scores, right = _best(fitted, weights, columns)
    importance = [case.weight for case in fitted]
    platt = LogisticRegression(C=1e6).fit(scores[:, None], right, importance)
    slope, bias = platt.coef_[0, 0], platt.intercept_[0]
    _report([case for case in cases if not case.is_fitted_on], slope * weights, bias, columns)
    return {"bias": round(float(bias), 3), "features": np.round(slope * weights, 3).tolist()}


def _best(
    cases: Sequence[Case], weights: NDArray[np.float64], columns: slice
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    scores = [case.features[:, columns] @ weights for case in cases]
    best = [int(score.argmax()) for score in scores]
    return (
        np.array([score[at] for score, at in zip(scores, best, strict=True)]),
        np.array([case.right[at] for case, at in zip(cases, best, strict=True)]),
    )


def _report(
    cases: Sequence[Case], weights: NDArray[np.float64], bias: float, columns: slice
) -> None:
    scores, right = _best(cases, weights, columns)
    confidence = 1 / (1 + np.exp(-scores - bias))
    importance = np.array([case.weight for case in cases])
    bins = np.minimum((confidence * 10).astype(int), 9)
    gaps = [abs((importance * (confidence - right))[bins == b].sum()) for b in range(10)]
    auc = roc_auc_score(right, confidence, sample_weight=importance)
    print(
        f"held back: {len(cases)} cases, best sentence right {right[::2].mean():.3f} where its "
        f"paragraph is there, AUC {auc:.3f}, "
        f"expected calibration error {sum(gaps) / importance.sum():.3f}",
        file=sys.stderr,
    )


if __name__ == "__main__":
    run(Path(sys.argv[1]))
