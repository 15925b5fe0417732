"""Writing the catalogue: the changes of one transaction, and so of one generation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from time import time
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, literal, select, update

from index.catalogue import tables
from index.catalogue.entries import Entry, Root, searched_text
from index.catalogue.ledger import Ledger
from index.catalogue.readings import Reading
from index.catalogue.searching import MOST_VALUES
from index.records import Document, Passage

_documents, _passages = tables.documents.c, tables.passages.c


class Changes(Reading):
    """One transaction on the catalogue, for writing; what it changes is its next generation.

    Attributes:
        generation: The generation that the changes make, once committed.
    """

    def __init__(self, connection: Connection, folder: Path) -> None:
        super().__init__(connection, folder)
        self.generation = self.state.generation + 1

    @property
    def ledger(self) -> Ledger:
        """The ledger, in the same transaction."""
        return Ledger(self._connection)

    def add_root(self, root: Root) -> None:
        """Name a root; one inside the index folder may be moved with it."""
        is_inside = root.path.is_relative_to(self._folder)
        path = root.path.relative_to(self._folder) if is_inside else root.path
        row = {"name": root.name, "path": str(path)}
        seal = tables.seal(row, tables.SEALED_ROOT)
        self._connection.execute(insert(tables.roots).values(row | {"seal": seal}))

    def put(self, *entries: Entry) -> None:
        """Add documents with their passages and vectors, in place of what they were before."""
        self.remove(entry.document.id for entry in entries)
        documents = [self._document_row(entry) for entry in entries]
        passages = [row for entry in entries for row in self._passage_rows(entry)]
        if not documents:
            return
        self._connection.execute(insert(tables.documents), documents)
        if not passages:
            return
        query = insert(tables.passages).returning(_passages.number, sort_by_parameter_order=True)
        numbers = self._connection.execute(query, passages).scalars().all()
        vectors = [
            {"number": number, "vector": vector}
            for number, vector in zip(numbers, _packed_vectors(entries), strict=True)
            if vector is not None
        ]
        if vectors:
            self._connection.execute(insert(tables.vectors), vectors)

    def remove(self, document_ids: Iterable[str]) -> None:
        """Remove documents with all that hangs on them; those that are not there are passed by."""
        removed = tables.removed
        given = list(document_ids)
        for start in range(0, len(given), MOST_VALUES):
            part = given[start : start + MOST_VALUES]
            gone: Select[Any] = select(
                _passages.number, _passages.generation, literal(self.generation)
            ).where(_passages.document_id.in_(part))
            names = [removed.c.number, removed.c.added, removed.c.generation]
            self._connection.execute(insert(removed).from_select(names, gone))
            self._connection.execute(delete(tables.documents).where(_documents.id.in_(part)))

    def forget_root(self, name: str) -> None:
        """Remove a root and its documents."""
        self.remove(self.document_ids(name))
        self._connection.execute(delete(tables.roots).where(tables.roots.c.name == name))

    def hide(self, root: str, path: str) -> None:
        """Keep a file out of later syncs of its root."""
        self._connection.execute(insert(tables.hidden).values(root=root, path=path))

    def show(self, root: str, path: str) -> None:
        """Let a hidden file in again."""
        hidden = tables.hidden
        query = delete(hidden).where(hidden.c.root == root, hidden.c.path == path)
        self._connection.execute(query)

    def adopt_embedder(self, name: str, dimension: int) -> None:
        """Drop all vectors: those to come are another embedder's."""
        self._connection.execute(delete(tables.vectors))
        self._connection.execute(update(tables.passages).values(key=None))
        self._connection.execute(update(tables.documents).values(embedder=""))
        values = {"embedder": name, "dimension": dimension, "embedded_since": self.generation}
        self._connection.execute(update(tables.state).values(values))
        self.state = self._read_state()

    def mark_uploads(self, mark: str) -> None:
        """Note the mark of the folder that uploads are kept in."""
        self._connection.execute(update(tables.state).values(uploads=mark))

    def finish(self) -> None:
        """Count the generation up."""
        self._connection.execute(update(tables.state).values(generation=self.generation))
        mark = {"generation": self.generation, "mark": token_hex(8)}
        self._connection.execute(insert(tables.commits).values(mark))

    def _document_row(self, entry: Entry) -> dict[str, Any]:
        row = _record_row(entry.document) | {
            **asdict(entry.stamp),
            "embedder": "" if entry.vectors is None else self.state.embedder,
            "generation": self.generation,
            "indexed_at": time(),
            "page_count": len(entry.document.pages),
            "passage_count": len(entry.passages),
        }
        return row | {"seal": tables.seal(row, tables.SEALED_DOCUMENT)}

    def _passage_rows(self, entry: Entry) -> list[dict[str, Any]]:
        keys: Sequence[bytes | None] = [None] * len(entry.passages)
        if entry.vectors is not None:
            if entry.vectors.shape != (len(entry.passages), self.state.dimension):
                shape, due = entry.vectors.shape, (len(entry.passages), self.state.dimension)
                raise ValueError(f"vectors of shape {shape} where {due} is due")
            keys = passage_keys(entry.passages, entry.document.title)
        return [
            _passage_row(passage, self.generation, key)
            for passage, key in zip(entry.passages, keys, strict=True)
        ]


def passage_keys(passages: Sequence[Passage], title: str) -> list[bytes]:
    """Return the digests of searched texts: those that agree have the same vector."""
    return [sha256(searched_text(passage, title).encode()).digest()[:16] for passage in passages]


def _packed_vectors(entries: Iterable[Entry]) -> Iterator[bytes | None]:
    for entry in entries:
        if entry.vectors is None:
            yield from [None] * len(entry.passages)
        else:
            yield from (
                tables.seal_vector(vector.astype("<f4").tobytes()) for vector in entry.vectors
            )


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
        "quality": float(document.quality),
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
    row = {
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
    return row | {"seal": tables.seal(row, tables.SEALED_PASSAGE)}
