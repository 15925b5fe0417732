"""A whole index with its catalogue: what committing costs, and what lies on disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks import seconds
from benchmarks.making import RandomEmbedder, document
from benchmarks.scale import enlarged
from benchmarks.scale.processes import disk, memory
from benchmarks.scale.real import load, load_questions
from index.batches import add_documents
from index.embedding import load_embedder
from index.records import Document
from index.search import search
from index.store import Store

_PARAGRAPHS = 10  # of a document


class Stored(NamedTuple):
    """What committing took."""

    passages: int
    passages_a_second: float  # split, committed and saved; embedding apart
    peak: float  # GB resident at most
    catalogue: float  # GB
    caches: float  # GB


class Asked(NamedTuple):
    """What searching a whole index takes."""

    opening: float  # seconds to the first hits, the model apart
    search: float  # ms, median: both searches, their fusion and the passages' texts
    resident: float  # GB, the model included


class _Kept(RandomEmbedder):
    """Gives texts the vectors that were kept, one after another."""

    def __init__(self, kept: Path) -> None:
        super().__init__()
        self._vectors = np.load(kept, mmap_mode="r")
        self._given = 0

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the next vectors, (texts, dimension)."""
        start = self._given % (len(self._vectors) - len(texts))
        self._given += len(texts)
        return np.array(self._vectors[start : start + len(texts)])


def commit(home: Path, kept: Path, folder: Path, size: int) -> Stored:
    """Make an index of documents with about so many passages."""
    embedder = _Kept(kept)

    def index() -> None:
        with Store.open(folder, embedder_name=embedder.name, create=True) as store:
            for _ in add_documents(store, _documents(home, size), embedder=embedder):
                pass

    taken = seconds(index)
    with Store.open(folder, embedder_name=None) as store:
        passages = store.counts().passages
    catalogue = disk(folder / "catalogue.sqlite")
    return Stored(passages, passages / taken, memory("VmHWM"), catalogue, disk(folder) - catalogue)


def ask(home: Path, folder: Path) -> Asked:
    """Open an index and search it for all questions."""
    embedder, texts = load_embedder(), load_questions(home).texts
    embedder.embed(texts[:1])
    with Store.open(folder, embedder_name=embedder.name) as store:
        find = partial(search, store, embedder, k=10)
        opening = seconds(lambda: find(texts[0]))
        taken = [find(text).timings_ms["search"] for text in texts]
    return Asked(opening, median(taken), memory("VmRSS"))


def _documents(home: Path, size: int) -> Iterator[Document]:
    texts = enlarged.changed_texts(load(home), size)
    for number in range(size // _PARAGRAPHS):
        yield document(f"{number}.txt", list(islice(texts, _PARAGRAPHS)))
