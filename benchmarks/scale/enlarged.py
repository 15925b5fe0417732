"""Many passages made of fewer real ones: vectors with some noise, texts with some words changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.scale.real import Real
from index.terms import terms

BATCH = 4096  # passages handed on at once, as the catalogue does
NOISE = 0.4  # the length of what is added to a vector of length 1: a cosine of 0.93 to it
_CHANGED = 0.15  # of a passage's words, replaced by words of other passages

Numbers = NDArray[np.int64]
Vectors = NDArray[np.float32]


def write_vectors(path: Path, real: Real, size: int) -> None:
    """Write vectors, float32 and normalised, unless they are there: of fewer, take the first."""
    shape = size, real.vectors.shape[1]
    if path.exists() and np.load(path, mmap_mode="r").shape == shape:
        return
    unfinished = path.with_suffix(".new")
    kept = np.lib.format.open_memmap(unfinished, "w+", np.float32, shape)
    for start in range(0, size, BATCH):
        rows = np.arange(start, min(start + BATCH, size))
        noise = np.random.default_rng(start).standard_normal((len(rows), shape[1]), np.float32)
        noise *= NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
        made = real.vectors[rows % len(real.vectors)] + noise
        kept[rows] = made / np.linalg.norm(made, axis=1, keepdims=True)
    kept.flush()
    unfinished.replace(path)


def vector_batches(path: Path, size: int) -> Iterator[tuple[Numbers, Vectors]]:
    """Yield numbers from 1 on with their vectors; the file is mapped anew, or it would count."""
    for start in range(0, size, BATCH):
        part = np.array(np.load(path, mmap_mode="r")[start : min(start + BATCH, size)])
        yield np.arange(start + 1, start + 1 + len(part)), part


def term_batches(real: Real, size: int) -> Iterator[tuple[Numbers, list[list[str]]]]:
    """Yield numbers from 1 on with the search terms of their passages."""
    originals = [terms(text) for text in real.texts]
    every = [term for original in originals for term in original]
    for start in range(0, size, BATCH):
        numbers = np.arange(start + 1, min(start + BATCH, size) + 1)
        random = np.random.default_rng(start)
        yield (
            numbers,
            [
                _changed(originals[(number - 1) % len(originals)], every, random)
                for number in numbers
            ],
        )


def changed_texts(real: Real, size: int) -> Iterator[str]:
    """Yield texts with words changed, the first first."""
    every = " ".join(real.texts).split()
    random = np.random.default_rng(0)
    for row in range(size):
        yield " ".join(_changed(real.texts[row % len(real.texts)].split(), every, random))


def write_nearest(path: Path, kept: Path, size: int, queries: Vectors) -> None:
    """Write the numbers of the ten nearest of all vectors to each query, in no order."""
    best = np.full((len(queries), 10), -2, np.float32)
    numbers = np.zeros((len(queries), 10), np.int64)
    for some, vectors in vector_batches(kept, size):
        scores = np.concatenate([best, queries @ vectors.T], axis=1)
        known = np.concatenate([numbers, np.broadcast_to(some, (len(queries), len(some)))], axis=1)
        nearest = np.argpartition(-scores, 10, axis=1)[:, :10]
        best = np.take_along_axis(scores, nearest, axis=1)
        numbers = np.take_along_axis(known, nearest, axis=1)
    np.save(path, numbers)


def _changed(words: list[str], every: list[str], random: np.random.Generator) -> list[str]:
    changed = list(words)
    count = int(random.binomial(len(words), _CHANGED))
    places, others = (
        random.integers(len(words), size=count),
        random.integers(len(every), size=count),
    )
    for place, other in zip(places.tolist(), others.tolist(), strict=True):
        changed[place] = every[other]
    return changed
