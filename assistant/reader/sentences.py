"""A reader that answers with whole sentences, by their nearness to the question."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from assistant.reader.answer_types import expected_answer
from assistant.records import Span
from index.embedding import Embedder
from index.records import Hit, Range
from index.terms import terms


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic regression over the features of a sentence, with or without embeddings."""

    bias: float
    features: tuple[float, ...]


class SentenceReader:
    """Ranks the sentences of the passages by embeddings and BM25.

    Each sentence has five features: the cosine of its embedding with the question's (left out where
    there is no embedder); its BM25 score as a share of the highest possible; whether it holds the
    kind of answer that is asked for; the share of the question's terms, by their IDF, that its
    passage holds; and the reciprocal of its passage's rank. Their weights are fitted on development
    questions by ``benchmarks/sentence_reader.py``.
    """

    def __init__(self, embedder: Embedder | None) -> None:
        self._embedder = embedder
        fitted = json.loads(files("assistant.reader").joinpath("sentences.json").read_text("utf-8"))
        mode = fitted["keywords" if embedder is None else "hybrid"]
        self._weights = Weights(mode["bias"], tuple(mode["features"]))

    def read(self, question: str, hits: Sequence[Hit], idf: Mapping[str, float]) -> list[Span]:
        """Return the sentences of the passages, best first; see Reader."""
        candidates = candidate_sentences(hits)
        if not candidates:
            return []
        features = sentence_features(question, candidates, idf, self._embedder)
        scores = features @ np.array(self._weights.features) + self._weights.bias
        spans = [
            Span(start, end, float(score), hit)
            for (hit, start, end), score in zip(candidates, scores, strict=True)
        ]
        return sorted(spans, key=lambda span: (-span.score, span.hit.rank, span.start))


Candidate = tuple[Hit, int, int]


def candidate_sentences(hits: Sequence[Hit]) -> list[Candidate]:
    """Return the sentences of the passages, one that two of them share only once.

    A sentence that introduces a list goes together with the list. A table's caption answers
    nothing.
    """
    seen: dict[tuple[str, int, int], Candidate] = {}
    for hit in hits:
        sentences = hit.passage.sentences
        for at, (start, end) in enumerate(sentences):
            if sentence_text(hit, start, end) in hit.passage.section[-1:]:
                continue
            if sentence_text(hit, start, end).endswith(":"):
                end = _end_of_list(hit, sentences[at:])
            seen.setdefault((hit.passage.document_id, start, end), (hit, start, end))
    return list(seen.values())


def _end_of_list(hit: Hit, sentences: Sequence[Range]) -> int:
    """Return where the list ends that the first of the sentences introduces."""
    last = sentences[0]
    for sentence in sentences[1:]:
        between = sentence_text(hit, last[1], sentence[0])
        if last is not sentences[0] and "\n\n" in between:
            break
        last = sentence
    return last[1]


def sentence_features(
    question: str,
    candidates: Sequence[Candidate],
    idf: Mapping[str, float],
    embedder: Embedder | None,
) -> NDArray[np.float64]:
    """Measure how near each sentence is to the question.

    Returns:
        Features of shape (candidates, 5), or (candidates, 4) without an embedder.
    """
    texts = [sentence_text(*candidate) for candidate in candidates]
    expected = expected_answer(question)
    columns = [
        _bm25(question, texts, idf),
        np.array([float(bool(expected.search(text))) if expected else 0.5 for text in texts]),
        np.array([_coverage(hit, idf) for hit, _, _ in candidates]),
        np.array([1.0 / hit.rank for hit, _, _ in candidates]),
    ]
    if embedder is not None:
        vectors = embedder.embed([question, *texts])
        columns.insert(0, (vectors[1:] @ vectors[0]).astype(np.float64))
    return np.stack(columns, axis=1)


def sentence_text(hit: Hit, start: int, end: int) -> str:
    """Return a candidate's text."""
    return hit.passage.text[start - hit.passage.start : end - hit.passage.start]


def _bm25(question: str, texts: Sequence[str], idf: Mapping[str, float]) -> NDArray[np.float64]:
    """Score sentences by BM25 with the index's IDF, as shares of the highest possible score.

    A corpus of a few sentences has no document frequencies worth the name.
    """
    from rank_bm25 import BM25Okapi

    documents = [terms(text) for text in texts]
    highest = sum(idf.values())
    if highest <= 0 or not any(documents):
        return np.zeros(len(texts))
    ranking = BM25Okapi(documents)
    ranking.idf = dict(idf)
    scores = np.asarray(ranking.get_scores(list(idf)), np.float64)
    return scores / float(highest * (ranking.k1 + 1))


def _coverage(hit: Hit, idf: Mapping[str, float]) -> float:
    passage = hit.passage
    held = set(terms(" ".join([*passage.section, passage.text])))
    highest = sum(idf.values())
    return sum(idf[term] for term in idf if term in held) / highest if highest > 0 else 0.0
