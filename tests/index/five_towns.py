"""An index of five documents, and what tests do to it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

from index.batches import add_documents
from index.embedding import Embedder
from index.errors import (
    UnknownDocumentError,
)
from index.search import search
from index.store import Store
from index.store.snapshot import Snapshot
from tests.index.tiny import tiny_document

TOWNS = ("Rome", "Reykjavik", "Prague", "Madrid", "Istanbul")
DOCUMENTS = [
    tiny_document(f"{town}.txt", f"The council met in {town}. It was year {year}.")
    for year, town in enumerate(TOWNS, start=1997)
]

Opener = Callable[[], Store]


def fill(store: Store, embedder: Embedder) -> None:
    assert len(list(add_documents(store, DOCUMENTS, embedder=embedder))) == 5


def towns(store: Store, embedder: Embedder, query: str = "council Prague") -> list[str]:
    result = search(store, embedder, query, k=5)
    assert result.mode == "hybrid"
    return [hit.passage.text.split()[4].strip(".") for hit in result.hits]


def remove(store: Store, town: str) -> None:
    with store.writing(), store.commit() as changes:
        changes.remove(document.id for document in DOCUMENTS if town in document.path)


def holds(snapshot: Snapshot, document_id: str) -> bool:
    try:
        return snapshot.document(document_id).id == document_id
    except UnknownDocumentError:
        return False


def damage_bytes(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x40
    path.write_bytes(data)


def damage_vectors(folder: Path) -> None:
    damage_bytes(folder / "vectors.faiss")


def damage_keywords(folder: Path) -> None:
    damage_bytes(max((folder / "keywords").rglob("*.npy"), key=lambda file: file.stat().st_size))


def truncate_vectors(folder: Path) -> None:
    path = folder / "vectors.faiss"
    path.write_bytes(path.read_bytes()[:-9])


def lose_vectors(folder: Path) -> None:
    (folder / "vectors.faiss").unlink()


def lose_keywords(folder: Path) -> None:
    shutil.rmtree(folder / "keywords")


def lose_row(folder: Path) -> None:
    with sqlite3.connect(folder / "catalogue.sqlite") as raw:  # a deletion that left no trace
        raw.execute("PRAGMA foreign_keys = ON")
        raw.execute("DELETE FROM documents WHERE path = 'Prague.txt'")
        raw.execute("UPDATE state SET generation = generation + 1")
    raw.close()
