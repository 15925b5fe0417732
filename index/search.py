"""Query → hits: dense and keyword search over one generation, and their fusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from index.embedding import Embedder
from index.fusion import CANDIDATES, Ranking, fuse_with_feedback
from index.records import Hit, Passage, Retriever
from index.store import Store
from index.store.snapshot import Snapshot
from index.terms import query_terms


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
        vector = None
        if embedder is not None and snapshot.embedder == embedder.name:
            vector = embedder.embed([query])[0]
        embedded = perf_counter()
        among = snapshot.numbers(documents) if documents else None
        found = _rankings(snapshot, vector, query_terms(query), max(k, CANDIDATES), among)
        dense, keywords, fused = (
            (numbers[:k].tolist(), scores[:k].tolist()) for numbers, scores in found
        )
        passages = snapshot.passages(list({*dense[0], *keywords[0], *fused[0]}))
        titles = snapshot.titles(list({passage.document_id for passage in passages.values()}))
        ended = perf_counter()
    hits = partial(_hits, passages=passages, titles=titles)
    return SearchResult(
        hits=hits(fused, Retriever.KEYWORDS if vector is None else Retriever.HYBRID),
        dense=hits(dense, Retriever.DENSE),
        keywords=hits(keywords, Retriever.KEYWORDS),
        mode="keywords" if vector is None else "hybrid",
        generation=snapshot.generation,
        timings_ms={"embed": 1e3 * (embedded - begun), "search": 1e3 * (ended - embedded)},
    )


def _rankings(
    snapshot: Snapshot,
    vector: NDArray[np.float32] | None,
    terms: Sequence[str],
    candidates: int,
    among: NDArray[np.int64] | None,
) -> tuple[Ranking, Ranking, Ranking]:
    """Return the dense, the keyword and the fused ranking."""
    keywords = snapshot.matching(terms, candidates, among=among)
    if vector is None:
        nothing = np.empty(0, np.int64), np.empty(0, np.float32)
        return nothing, keywords, keywords
    dense = snapshot.nearest(vector, candidates, among=among)
    either = np.union1d(dense[0], keywords[0])
    by_terms = snapshot.matching(terms, len(either), among=either)
    numbers, vectors = snapshot.vectors(either)
    fused = fuse_with_feedback(vector, numbers, vectors, by_terms, k=candidates)
    return dense, keywords, fused


def _hits(
    ranking: tuple[list[int], list[float]],
    retriever: Retriever,
    *,
    passages: Mapping[int, Passage],
    titles: Mapping[str, str],
) -> tuple[Hit, ...]:
    found = [
        (score, passages[number])
        for number, score in zip(*ranking, strict=True)
        if number in passages
    ]
    found.sort(key=lambda pair: (-pair[0], pair[1].id))
    return tuple(
        Hit(passage, passage.context(titles[passage.document_id]), score, rank, retriever)
        for rank, (score, passage) in enumerate(found, 1)
    )
