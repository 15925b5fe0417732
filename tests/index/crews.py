"""Runs over several workers: the embedders that those open, and what an index must hold after."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from index.catalogue.ledger import Unfinished
from index.crew import Hire, Recipe
from index.errors import EmbedderError
from index.events import Event
from index.ingest import IndexingSettings, index
from index.processes import ProcessCrew
from index.store import Store
from torture.models import HashingEmbedder

POISON = "strychnine"  # a worker that embeds it dies
SAMPLE = Path(__file__).parent.parent.parent / "documents"


class SlowEmbedder(HashingEmbedder):
    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        time.sleep(0.2)
        return super().embed(texts)


class DeadlyEmbedder(HashingEmbedder):
    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if any(POISON in text for text in texts):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().embed(texts)


def hashing(_: str | None, *, threads: int) -> HashingEmbedder:
    return HashingEmbedder()


def slow(_: str | None, *, threads: int) -> HashingEmbedder:
    return SlowEmbedder()


def deadly(_: str | None, *, threads: int) -> HashingEmbedder:
    return DeadlyEmbedder()


def missing(_: str | None, *, threads: int) -> HashingEmbedder:
    raise EmbedderError("the weights are not there: install them")


class OtherEmbedder(HashingEmbedder):
    name = "other:64"


def other(_: str | None, *, threads: int) -> HashingEmbedder:
    return OtherEmbedder()


def fill(docs: Path, count: int) -> Path:
    """Write files that are all different, and return their folder."""
    docs.mkdir(parents=True, exist_ok=True)
    chance = Random(count)
    for number in range(count):
        years = " ".join(f"In {chance.random()} the council met." for _ in range(20))
        (docs / f"{number:03}.txt").write_text(f"Meeting {number}.\n\n{years}")
    return docs


def run(
    folder: Path, *docs: Path, hire: Hire | None, settings: IndexingSettings | None = None
) -> list[Event]:
    """Index folders with a crew, or without one, and return what was told."""
    settings = settings or IndexingSettings(hire=hire)
    with Store.open(folder, embedder_name=HashingEmbedder.name, create=True) as store:
        return list(index(store, docs, embedder=HashingEmbedder(), settings=settings))


def content(folder: Path) -> dict[str, tuple[object, ...]]:
    """Return all that an index holds of each file: it is whole, and no run is unfinished."""
    held: dict[str, tuple[object, ...]] = {}
    with Store.open(folder, embedder_name=HashingEmbedder.name) as store:
        assert store.verify() == ()
        with store.catalogue.ledger(is_read=True) as ledger:
            assert ledger.unfinished() == []
        with store.catalogue.reading() as rows:
            for summary in rows.documents():
                keys, vectors = rows.vectors_of(summary.id)
                stacked = np.array(vectors).tobytes()
                passages = rows.passages_of(summary.id)
                held[summary.path] = (rows.document(summary.id), passages, keys, stacked)
    return held


def processes(load: object = hashing, *, count: int = 2) -> Hire:
    return partial(ProcessCrew, recipe=Recipe(None, load), count=count, threads=1)  # type: ignore[arg-type]


def unfinished(store: Store) -> Unfinished:
    with store.catalogue.ledger(is_read=True) as ledger:
        (found,) = ledger.unfinished()
    return found
