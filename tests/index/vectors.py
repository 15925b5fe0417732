"""Vectors to search, and indexes of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from index.vectors import VectorIndex

Numbers = NDArray[np.int64]
Vectors = NDArray[np.float32]


def random_vectors(count: int, dimension: int, seed: int = 0) -> Vectors:
    generator = np.random.default_rng(seed)
    vectors = generator.standard_normal((count, dimension), dtype=np.float32)
    lengths: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / lengths


def clustered_vectors(count: int, dimension: int, seed: int = 0) -> Vectors:
    """Make vectors in groups, as texts of some topics are; half precision holds them exactly."""
    generator = np.random.default_rng(seed)
    near = random_vectors(100, dimension)[generator.integers(100, size=count)]
    vectors = near + 0.1 * generator.standard_normal((count, dimension))
    lengths: NDArray[np.float64] = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / lengths).astype(np.float16).astype(np.float32)


def numbers_of(*numbers: int) -> Numbers:
    return np.array(numbers, dtype=np.int64)


def index_of(numbers: Numbers, vectors: Vectors) -> VectorIndex:
    index = VectorIndex(vectors.shape[1])
    index.add(numbers, vectors)
    return index
