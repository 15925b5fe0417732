"""Writing the catalogue: the changes of one transaction, and so of one generation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from time import time
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, literal, select, update

from index import tables
from index.entries import Entry, Root, searched_text
from index.readings import Reading
from index.records import Document, Passage

_documents, _passages = tables.documents.c, tables.passages.c


class Changes(Reading):
    """One transaction on the catalogue, for writing; what it changes is its next generation.

    Attributes:
        generation: The generation that the changes make, once committed.
        passages_changed: How many passages were added or removed.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.generation = self.state.generation + 1
        self.passages_changed = 0

    def add_root(self, root: Root) -> None:
        """Name a root."""
        self._connection.execute(insert(tables.roots).values(name=root.name, path=str(root.path)))

    def put(self, entry: Entry) -> None:
        """Add a document with its passages and vectors, in place of what it was before."""
        self.remove([entry.document.id])
        self._connection.execute(insert(tables.documents).values(self._document_row(entry)))
        if not entry.passages:
            return
        keys = passage_keys(entry.passages, entry.document.title)
        rows = [
            _passage_row(passage, self.generation, key if entry.vectors is not None else None)
            for passage, key in zip(entry.passages, keys, strict=True)
        ]
        numbers = self._insert_passages(rows)
        self.passages_changed += len(rows)
        if entry.vectors is not None:
            vectors = [
                {"number": number, "vector": vector.astype("<f4").tobytes()}
                for number, vector in zip(numbers, entry.vectors, strict=True)
            ]
            self._connection.execute(insert(tables.vectors), vectors)

    def remove(self, document_ids: Iterable[str]) -> None:
        """Remove documents with all that hangs on them; those that are not there are passed by."""
        for document_id in document_ids:
            gone: Select[Any] = select(
                _passages.number, _passages.generation, literal(self.generation)
            ).where(_passages.document_id == document_id)
            result = self._connection.execute(
                insert(tables.removed).from_select(["number", "added", "generation"], gone)
            )
            self.passages_changed += result.rowcount
            self._connection.execute(delete(tables.documents).where(_documents.id == document_id))

    def forget_root(self, name: str) -> None:
        """Remove a root and its documents."""
        self.remove(self.document_ids(name))
        self._connection.execute(delete(tables.roots).where(tables.roots.c.name == name))

    def hide(self, root: str, path: str) -> None:
        """Keep a file out of later syncs of its root."""
        self.show(root, path)
        self._connection.execute(insert(tables.hidden).values(root=root, path=path))

    def show(self, root: str, path: str) -> None:
        """Let a hidden file in again."""
        hidden = tables.hidden
        self._connection.execute(delete(hidden).where(hidden.c.root == root, hidden.c.path == path))

    def adopt_embedder(self, name: str, dimension: int) -> None:
        """Drop all vectors: those to come are another embedder's."""
        self._connection.execute(delete(tables.vectors))
        self._connection.execute(update(tables.passages).values(key=None))
        self._connection.execute(update(tables.documents).values(embedder=""))
        values = {"embedder": name, "dimension": dimension, "embedded_since": self.generation}
        self._connection.execute(update(tables.state).values(values))

    def finish(self) -> None:
        """Count the generation up."""
        self._connection.execute(update(tables.state).values(generation=self.generation))

    def _insert_passages(self, rows: Sequence[Mapping[str, Any]]) -> Sequence[int]:
        query = insert(tables.passages).returning(_passages.number, sort_by_parameter_order=True)
        return self._connection.execute(query, rows).scalars().all()

    def _document_row(self, entry: Entry) -> dict[str, Any]:
        return _record_row(entry.document) | {
            **asdict(entry.stamp),
            "embedder": self._embedder_of(entry),
            "generation": self.generation,
            "indexed_at": time(),
            "page_count": len(entry.document.pages),
            "passage_count": len(entry.passages),
        }

    def _embedder_of(self, entry: Entry) -> str:
        if entry.vectors is None:
            return ""
        current = self._connection.execute(
            select(tables.state.c.embedder, tables.state.c.dimension)
        ).one()
        if entry.vectors.shape != (len(entry.passages), current.dimension):
            raise ValueError(f"{entry.vectors.shape} vectors for {len(entry.passages)} passages")
        return str(current.embedder)


def passage_keys(passages: Sequence[Passage], title: str) -> list[bytes]:
    """Return the digests of searched texts: those that agree have the same vector."""
    return [sha256(searched_text(passage, title).encode()).digest()[:16] for passage in passages]


def _record_row(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "root": document.root,
        "path": document.path,
        "title": document.title,
        "media_type": document.media_type,
        "sha256": document.sha256,
        "source_sha256": document.source_sha256,
        "extractor": document.extractor,
        "quality": document.quality,
        "modified_at": document.modified_at,
        "published": document.published,
        "metadata": dict(document.metadata),
        "pages": tables.pack((page.number, page.start, page.end) for page in document.pages),
        "blocks": [[block.kind, block.start, block.end, block.level] for block in document.blocks],
        "alignment": tables.pack(document.alignment.runs),
        "text": document.text,
        "source_text": document.source_text,
    }


def _passage_row(passage: Passage, generation: int, key: bytes | None) -> dict[str, Any]:
    return {
        "id": passage.id,
        "document_id": passage.document_id,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "sentences": tables.pack(passage.sentences),
        "section": list(passage.section),
        "key": key,
        "generation": generation,
    }
