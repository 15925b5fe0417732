"""Query → hits: dense and keyword search over one generation, and their fusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.abbreviations import find_abbreviations, names_in, put_in_other_words
from index.embedding import Embedder
from index.fusion import CANDIDATES, Ranking, fuse_with_feedback
from index.records import Hit, Passage, Retriever
from index.store import Store
from index.store.snapshot import Snapshot
from index.terms import query_terms

_EXPLAINING = 8  # best passages, in which abbreviations are looked for


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a query found, all of one generation; each list is best first."""

    hits: tuple[Hit, ...]  # of both searches fused, or of keywords where there is no other
    dense: tuple[Hit, ...]
    keywords: tuple[Hit, ...]
    mode: Literal["hybrid", "keywords"]
    generation: int
    timings_ms: Mapping[str, float]


def search(
    index: Store | Snapshot,
    embedder: Embedder | None,
    query: str,
    *,
    k: int,
    documents: Sequence[str] = (),
) -> SearchResult:
    """Find the passages nearest to a query.

    Where the best passages explain an abbreviation that is in the query, or whose long form is, the
    query is asked in the other form too, and each passage has the higher of its scores.

    Args:
        index: A store; or a snapshot of one, to read documents of the same generation afterwards.
        embedder: Whose vectors to search; with None, or another one than the index was made with,
            keywords alone are searched.
        query: What is looked for.
        k: How many hits to return of each search at most.
        documents: Ids of the documents to search within; none for all.

    Raises:
        UnknownDocumentError: One of ``documents`` is not in the index.
    """
    with index.snapshot() if isinstance(index, Store) else nullcontext(index) as snapshot:
        begun = perf_counter()
        if embedder is not None and snapshot.embedder != embedder.name:
            embedder = None
        among = snapshot.numbers(documents) if documents else None
        rank = partial(_rank, snapshot, embedder, candidates=max(k, CANDIDATES), among=among)
        found = rank(query)
        passages = snapshot.passages(found.best(max(k, _EXPLAINING)))
        explaining = [passages[at].text for at in found.fused[0][:_EXPLAINING] if at in passages]
        other = put_in_other_words(query, names_in(query, find_abbreviations(explaining)))
        if other != query:
            found = found.or_higher(rank(other))
            passages = snapshot.passages(found.best(k))
        titles = snapshot.titles(list({passage.document_id for passage in passages.values()}))
        ended = perf_counter()
    hits = partial(_hits, k=k, passages=passages, titles=titles)
    return SearchResult(
        hits=hits(found.fused, Retriever.HYBRID if embedder else Retriever.KEYWORDS),
        dense=hits(found.dense, Retriever.DENSE),
        keywords=hits(found.keywords, Retriever.KEYWORDS),
        mode="hybrid" if embedder else "keywords",
        generation=snapshot.generation,
        timings_ms={"embed": found.embed_ms, "search": 1e3 * (ended - begun) - found.embed_ms},
    )


class _Found(NamedTuple):
    """The rankings of both searches, their fusion, and what embedding the query took."""

    dense: Ranking
    keywords: Ranking
    fused: Ranking
    embed_ms: float

    def best(self, k: int) -> list[int]:
        """Return the numbers of the best k passages of each ranking."""
        rankings = self.dense, self.keywords, self.fused
        return list({number for numbers, _ in rankings for number in numbers[:k].tolist()})

    def or_higher(self, other: _Found) -> _Found:
        """Give each passage the higher of its scores in each ranking."""
        return _Found(
            _highest(self.dense, other.dense),
            _highest(self.keywords, other.keywords),
            _highest(self.fused, other.fused),
            self.embed_ms + other.embed_ms,
        )


def _highest(one: Ranking, other: Ranking) -> Ranking:
    numbers, scores = (np.concatenate(pair) for pair in zip(one, other, strict=True))
    order = np.lexsort((numbers, -scores))
    _, first = np.unique(numbers[order], return_index=True)
    kept = order[np.sort(first)]
    return numbers[kept], scores[kept]


def _rank(
    snapshot: Snapshot,
    embedder: Embedder | None,
    query: str,
    *,
    candidates: int,
    among: NDArray[np.int64] | None,
) -> _Found:
    terms = query_terms(query)
    keywords = snapshot.matching(terms, candidates, among=among)
    if embedder is None:
        nothing = np.empty(0, np.int64), np.empty(0, np.float32)
        return _Found(nothing, keywords, keywords, 0.0)
    begun = perf_counter()
    vector = embedder.embed([query])[0]
    embed_ms = 1e3 * (perf_counter() - begun)
    dense = snapshot.nearest(vector, candidates, among=among)
    either = np.union1d(dense[0], keywords[0])
    by_terms = snapshot.matching(terms, len(either), among=either)
    numbers, vectors = snapshot.vectors(either)
    fused = fuse_with_feedback(vector, numbers, vectors, by_terms, k=candidates)
    return _Found(dense, keywords, fused, embed_ms)


def _hits(
    ranking: Ranking,
    retriever: Retriever,
    *,
    k: int,
    passages: Mapping[int, Passage],
    titles: Mapping[str, str],
) -> tuple[Hit, ...]:
    numbers, scores = ranking
    found = [
        (score, passages[number])
        for number, score in zip(numbers[:k].tolist(), scores[:k].tolist(), strict=True)
        if number in passages
    ]
    found.sort(key=lambda pair: (-pair[0], pair[1].id))
    return tuple(
        Hit(passage, passage.context(titles[passage.document_id]), score, rank, retriever)
        for rank, (score, passage) in enumerate(found, 1)
    )
