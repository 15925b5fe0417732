"""FAISS's own kinds of index over the same vectors, each on one core."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import faiss
import numpy as np

from benchmarks import seconds
from benchmarks.scale import enlarged
from benchmarks.scale.ours import Built, recall_of
from benchmarks.scale.processes import Latency, disk, latency, memory
from benchmarks.scale.real import load_questions
from index.fusion import CANDIDATES

_METRIC = faiss.METRIC_INNER_PRODUCT
KINDS: dict[str, Callable[[int], Any]] = {
    "flat, float32": faiss.IndexFlatIP,
    "flat, float16": lambda d: faiss.IndexScalarQuantizer(
        d, faiss.ScalarQuantizer.QT_fp16, _METRIC
    ),
    "HNSW32, float32": lambda d: faiss.IndexHNSWFlat(d, 32, _METRIC),
}
EFFORTS = {"HNSW32, float32": (16, 400, 1600)}  # ``efSearch``; the first is FAISS's own


class Searched(NamedTuple):
    """What searching one kind takes."""

    opening: float  # seconds
    resident: float  # GB, of the whole process once all was asked
    search: Latency
    recall: float  # of the ten nearest


def build(kind: str, kept: Path, path: Path, size: int) -> Built:
    """Build and write an index of one kind."""
    index = KINDS[kind](np.load(kept, mmap_mode="r").shape[1])
    batches = enlarged.vector_batches(kept, size)
    taken = sum(seconds(partial(index.add, vectors)) for _, vectors in batches)
    faiss.write_index(index, str(path))
    return Built(taken, memory("VmHWM"), disk(path))


def search(home: Path, path: Path, nearest: Path, *, effort: int | None = None) -> Searched:
    """Open an index and put all questions to it, an HNSW one with this ``efSearch``."""
    opened: list[Any] = []
    opening = seconds(lambda: opened.append(faiss.read_index(str(path))))
    if effort is not None:
        opened[0].hnsw.efSearch = effort
    faiss.omp_set_num_threads(1)
    queries = load_questions(home).vectors
    found: dict[int, enlarged.Numbers] = {}

    def ask(number: int) -> None:
        _, rows = opened[0].search(queries[number : number + 1], CANDIDATES)
        found[number] = rows[0, :10] + 1  # rows count from 0, numbers from 1

    taken = latency(ask, len(queries))
    return Searched(opening, memory("VmRSS"), taken, recall_of(nearest, found.values()))
