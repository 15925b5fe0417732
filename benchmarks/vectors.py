"""Dense search over 100,000 vectors: latency, recall, updates, and what it takes on disk."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from benchmarks import Measurement, median_ms, seconds
from index.vectors import VectorIndex

COUNT, DIMENSION, TOPICS, QUERIES, CHANGED = 100_000, 384, 4_000, 200, 300
INTRINSIC = 64  # dimensions that topics differ in: those of texts are fewer than those of vectors


def run() -> list[Measurement]:
    """Measure an index of synthetic passages: topics that overlap, and passages around them."""
    generator = np.random.default_rng(0)
    plane = generator.standard_normal((INTRINSIC, DIMENSION), dtype=np.float32)
    topics = _normalised(generator.standard_normal((TOPICS, INTRINSIC), dtype=np.float32) @ plane)
    vectors = _around(topics, COUNT, generator)
    queries = _around(topics, QUERIES, generator)
    numbers = np.arange(COUNT, dtype=np.int64)
    index = VectorIndex(DIMENSION)
    built = seconds(lambda: index.add(numbers, vectors))
    return [
        Measurement("vectors: build", built, "s", f"{COUNT:,} at once"),
        *_search(index, vectors, queries),
        *_update(index, vectors),
        *_disk(index),
    ]


def _around(
    topics: NDArray[np.float32], count: int, generator: np.random.Generator
) -> NDArray[np.float32]:
    chosen = generator.integers(len(topics), size=(2, count))
    noise = generator.standard_normal((count, DIMENSION), dtype=np.float32)
    return _normalised(topics[chosen[0]] + 0.5 * topics[chosen[1]] + 0.5 * _normalised(noise))


def _normalised(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths: NDArray[np.float32] = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / lengths


def _search(
    index: VectorIndex, vectors: NDArray[np.float32], queries: NDArray[np.float32]
) -> list[Measurement]:
    exact = np.argpartition(-(queries @ vectors.T), 10, axis=1)[:, :10]
    found = [index.search(query, 10)[0] for query in queries]
    recall = np.mean([len(np.intersect1d(*pair)) / 10 for pair in zip(exact, found, strict=True)])
    turn = iter(np.tile(queries, (2, 1)))
    latency = median_ms(lambda: index.search(next(turn), 100), QUERIES)
    return [
        Measurement("vectors: search", latency, "ms", f"median, top 100 of {COUNT:,}"),
        Measurement("vectors: recall@10", float(recall), "", "against exact search"),
    ]


def _update(index: VectorIndex, vectors: NDArray[np.float32]) -> list[Measurement]:
    numbers = np.arange(CHANGED, dtype=np.int64)
    removed = seconds(lambda: index.remove(numbers))
    added = seconds(lambda: index.add(numbers, vectors[:CHANGED]))
    return [
        Measurement("vectors: remove", 1e3 * removed, "ms", f"{CHANGED} of {COUNT:,}"),
        Measurement("vectors: add", 1e3 * added, "ms", f"{CHANGED} to {COUNT:,}"),
    ]


def _disk(index: VectorIndex) -> list[Measurement]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.faiss"
        saved = seconds(lambda: index.save(path, generation=1))
        loaded = seconds(lambda: VectorIndex.load(path))
        size = path.stat().st_size / 1e6
    return [
        Measurement("vectors: save", saved, "s", f"{size:.0f} MB"),
        Measurement("vectors: load", loaded, "s", "checksum included"),
    ]
