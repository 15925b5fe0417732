"""The two searches of the project: built in parts as from a catalogue, saved, opened, searched."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
from rank_bm25 import BM25Okapi

from benchmarks import median_ms, seconds
from benchmarks.scale import enlarged
from benchmarks.scale.enlarged import Numbers
from benchmarks.scale.processes import Latency, disk, latency, memory
from benchmarks.scale.real import load, load_questions
from index.fusion import CANDIDATES
from index.keywords import KeywordIndex
from index.terms import query_terms
from index.vectors import VectorIndex

Added = TypeVar("Added", contravariant=True)


class _Index(Protocol[Added]):
    def add(self, numbers: Numbers, added: Added, /) -> None: ...
    def save(self, path: Path, /, *, generation: int) -> None: ...


class Built(NamedTuple):
    """What building one search took."""

    seconds: float  # adding in parts and saving
    peak: float  # GB resident at most
    disk: float  # GB


class Opened(NamedTuple):
    """What opening both searches took, in a process that does nothing else."""

    seconds: float
    resident: float  # GB, of the whole process


class Served(NamedTuple):
    """What all questions took, and what the process held then."""

    dense: Latency
    keywords: Latency
    both: Latency
    ranked: Latency  # both, and what their fusion asks of them
    recall: float  # of the ten nearest
    resident: float  # GB, of the whole process


def build_vectors(kept: Path, folder: Path, size: int) -> Built:
    """Build and save the dense search of the first ``size`` of the vectors kept."""
    index = VectorIndex(np.load(kept, mmap_mode="r").shape[1])
    return _build(index, enlarged.vector_batches(kept, size), folder / "vectors.faiss")


def build_keywords(home: Path, folder: Path, size: int) -> Built:
    """Build and save the keyword search of as many passages."""
    return _build(KeywordIndex(), enlarged.term_batches(load(home), size), folder / "keywords")


def open_both(folder: Path) -> Opened:
    """Open what was saved."""
    held: list[object] = []
    taken = seconds(lambda: held.append(_open(folder)))
    return Opened(taken, memory("VmRSS"))


def serve(home: Path, folder: Path, nearest: Path) -> Served:
    """Open both searches and put all questions to each, and to both."""
    vectors, keywords = _open(folder)
    texts, queries = load_questions(home)
    asked = [query_terms(text) for text in texts]

    def dense(number: int) -> Numbers:
        return vectors.search(queries[number], CANDIDATES)[0]

    def by_terms(number: int) -> Numbers:
        return keywords.search(asked[number], CANDIDATES)[0]

    def both(number: int) -> Numbers:
        return np.union1d(dense(number), by_terms(number))

    def ranked(number: int) -> None:
        either = both(number)
        keywords.search(asked[number], len(either), among=either)
        vectors.vectors(either)

    searches = (dense, by_terms, both, ranked)
    alone, keyed, together, fused = (latency(search, len(asked)) for search in searches)
    recall = recall_of(nearest, [dense(number)[:10] for number in range(len(asked))])
    return Served(alone, keyed, together, fused, recall, memory("VmRSS"))


def recall_of(nearest: Path, found: Iterable[Numbers]) -> float:
    """Return the share that was found of what ``write_nearest`` wrote."""
    pairs = zip(np.load(nearest), found, strict=True)
    return float(np.mean([np.isin(exact, ours).mean() for exact, ours in pairs]))


def rank_bm25_ms(home: Path, size: int) -> float:
    """Time rank-bm25's scores of as many passages, unsorted."""
    batches = enlarged.term_batches(load(home), size)
    oracle = BM25Okapi([document for _, documents in batches for document in documents])
    asked = iter([query_terms(text) for text in load_questions(home).texts])
    return median_ms(lambda: oracle.get_scores(next(asked)), 20)


def _build(index: _Index[Added], batches: Iterable[tuple[Numbers, Added]], path: Path) -> Built:
    path.parent.mkdir(parents=True, exist_ok=True)
    taken = sum(seconds(partial(index.add, numbers, added)) for numbers, added in batches)
    taken += seconds(partial(index.save, path, generation=1))
    return Built(taken, memory("VmHWM"), disk(path))


def _open(folder: Path) -> tuple[VectorIndex, KeywordIndex]:
    vectors, *_ = VectorIndex.load(folder / "vectors.faiss")
    keywords, *_ = KeywordIndex.load(folder / "keywords")
    return vectors, keywords
