"""The two searches of the project: built in parts as from a catalogue, saved, opened, searched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

from benchmarks import median_ms, seconds
from benchmarks.scale import enlarged
from benchmarks.scale.processes import Latency, disk, drop_from_memory, latency, memory
from benchmarks.scale.real import Real, load
from index.fusion import CANDIDATES, fuse_with_feedback
from index.keywords import KeywordIndex
from index.terms import query_terms, terms
from index.vectors import VectorIndex

Numbers = NDArray[np.int64]
Vectors = NDArray[np.float32]

Added = TypeVar("Added")


class Built(NamedTuple):
    """What building one search took."""

    seconds: float  # adding in parts and saving
    peak: float  # GB resident at most
    disk: float  # GB


class Served(NamedTuple):
    """What a process gives that opens and searches what was saved."""

    opening_cold: float  # seconds, the files read from disk
    opening: float  # seconds, the files still in memory
    resident: float  # GB after opening
    resident_after: float  # GB after all searches
    dense: Latency
    keywords: Latency
    both: Latency
    ranked: Latency  # both, and what their fusion asks of them
    recall: float  # of the ten nearest


def build_vectors(kept: Path, folder: Path, size: int) -> Built:
    """Build and save the dense search of the first ``size`` of the vectors kept."""
    with_vectors = np.load(kept, mmap_mode="r")
    index, path = VectorIndex(with_vectors.shape[1]), folder / "vectors.faiss"
    taken = _add(index, enlarged.vector_batches(kept, size))
    taken += seconds(partial(index.save, path, generation=1))
    return Built(taken, memory("VmHWM"), disk(path))


def build_keywords(home: Path, folder: Path, size: int) -> Built:
    """Build and save the keyword search of as many passages."""
    index, path = KeywordIndex(), folder / "keywords"
    taken = _add(index, enlarged.term_batches(load(home), size))
    taken += seconds(partial(index.save, path, generation=1))
    return Built(taken, memory("VmHWM"), disk(path))


def serve(home: Path, kept: Path, folder: Path, size: int) -> Served:
    """Open both searches and put all questions to them."""
    real = load(home)
    queries, asked = real.question_vectors, [query_terms(text) for text in real.questions]
    nearest = enlarged.exact(kept, size, queries, 10)
    drop_from_memory(folder)
    opening_cold = seconds(partial(_open, folder))
    before = memory("VmRSS")
    opening = seconds(partial(_open, folder))
    vectors, keywords = _open(folder)
    resident = memory("VmRSS") - before
    both = _Both(vectors, keywords, queries, asked)
    dense, by_terms, together, ranked = (
        latency(search, len(asked))
        for search in (both.nearest, both.matching, both.either, both.ranked)
    )
    found = [both.nearest(number)[0][:10] for number in range(len(asked))]
    shares = [np.isin(exact, ours).mean() for exact, ours in zip(nearest, found, strict=True)]
    after = memory("VmRSS") - before
    return Served(
        opening_cold, opening, resident, after, dense, by_terms, together, ranked, float(np.mean(shares))
    )


def rank_bm25_ms(home: Path, size: int) -> float:
    """Time rank-bm25's scores of as many passages, unsorted."""
    real = load(home)
    batches = enlarged.term_batches(real, size)
    oracle = BM25Okapi([document for _, documents in batches for document in documents])
    asked = iter([query_terms(text) for text in real.questions[:21]])
    return median_ms(lambda: oracle.get_scores(next(asked)), 20)
