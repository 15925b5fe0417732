"""Test sets searched both ways, for comparing what is made of the two rankings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation.ranking import score_rankings
from assistant.testsets.corpus import make_document
from assistant.testsets.reading import read_test_set
from assistant.testsets.records import CorpusDocument, GoldQuestion, Qrels
from benchmarks.halves import digest, is_held_back
from index.batches import make_draft
from index.catalogue.entries import searched_text
from index.embedding import Embedder
from index.fusion import CANDIDATES
from index.keywords import KeywordIndex

_QUERIES = 1000  # of a larger set, by hash of the id

Scores = NDArray[np.float64]
Found = NDArray[np.bool_]
Terms = Callable[[str], list[str]]


@dataclass(frozen=True)
class Candidates:
    """Passages that either search found for a query, scored by both: (passages,) each."""

    numbers: NDArray[np.int64]
    scores: tuple[Scores, Scores]  # dense, keywords
    found: tuple[Found, Found]  # among that search's own best
    query: NDArray[np.float32]  # its vector
    corpus: NDArray[np.float32]  # the vectors of all passages, by number


@dataclass(frozen=True)
class Collection:
    """A test set, searched: passages by number, and what every query is to be ranked from."""

    metric: str
    qrels: Qrels
    documents: tuple[str, ...]  # of each passage
    queries: dict[str, Candidates]

    def half(self, *, fitting: bool) -> Collection:
        """Return the half of the queries that settings are fitted on, or the other half."""
        queries = {
            query: candidates
            for query, candidates in self.queries.items()
            if is_held_back(query) != fitting
        }
        return replace(self, qrels={query: self.qrels[query] for query in queries}, queries=queries)

    def score(
        self, rank: Callable[[Candidates], Scores], metric: str | None = None
    ) -> dict[str, float]:
        """Score every query's documents, each by its best passage; by the set's own metric."""
        run = {}
        for query, candidates in self.queries.items():
            order = np.lexsort((candidates.numbers, -rank(candidates)))
            passages = candidates.numbers[order].tolist()
            run[query] = list(dict.fromkeys(self.documents[number] for number in passages))
        scored = score_rankings(self.qrels, run)
        return {query: scored[query][metric or self.metric] for query in run}


@dataclass(frozen=True)
class Corpus:
    """A test set's passages and queries, before it is known what the search terms are."""

    metric: str
    qrels: Qrels
    documents: tuple[str, ...]
    texts: tuple[str, ...]  # of the passages, as they are searched
    queries: tuple[GoldQuestion, ...]
    vectors: tuple[NDArray[np.float32], NDArray[np.float32]]  # of the queries, of the passages

    def searched(self, passage_terms: Terms, asked_terms: Terms) -> Collection:
        """Search the passages for every query by both ways."""
        index = KeywordIndex()
        index.add(np.arange(len(self.texts)), [passage_terms(text) for text in self.texts])
        queries = {}
        of_passages = self.vectors[1]
        for query, vector in zip(self.queries, self.vectors[0], strict=True):
            cosines = (of_passages @ vector).astype(np.float64)
            numbers, scores = index.search(asked_terms(query.text), len(self.texts))
            bm25 = np.zeros(len(self.texts))
            bm25[numbers] = scores
            nearest = np.argsort(-cosines, kind="stable")[:CANDIDATES]
            either = np.union1d(nearest, numbers[:CANDIDATES])
            queries[query.id] = Candidates(
                either,
                (cosines[either], bm25[either]),
                (np.isin(either, nearest), np.isin(either, numbers[:CANDIDATES])),
                vector,
                of_passages,
            )
        return Collection(self.metric, self.qrels, self.documents, queries)


def read_corpus(path: Path, metric: str, embedder: Embedder) -> Corpus:
    """Read a test set, split its documents and embed passages and queries."""
    test_set = read_test_set(path)
    owners, texts = [], []
    for document in test_set.documents or ():
        for text in _passages(document, embedder):
            owners.append(document.id)
            texts.append(text)
    judged = [question for question in test_set.questions if question.id in test_set.qrels]
    queries = sorted(judged, key=lambda question: digest(question.id))[:_QUERIES]
    return Corpus(
        metric,
        {query.id: test_set.qrels[query.id] for query in queries},
        tuple(owners),
        tuple(texts),
        tuple(queries),
        (embedder.embed([query.text for query in queries]), embedder.embed(texts)),
    )


def _passages(source: CorpusDocument, embedder: Embedder) -> Iterator[str]:
    document = make_document(source)
    for passage in make_draft(document, embedder).passages:
        yield searched_text(passage, document.title)
