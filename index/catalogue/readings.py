"""Reading the catalogue: all that is asked of it within one transaction, and so of one generation.

Whatever may grow with the index is handed out in parts, so that no reading needs it all at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, Select, func, select

from index.catalogue import tables
from index.catalogue.entries import (
    Counts,
    DocumentSummary,
    KnownFile,
    Root,
    Stamp,
    State,
    searched_text,
)
from index.catalogue.rows import (
    KNOWN,
    STAMP,
    SUMMARY,
    damaged,
    document_of,
    passage_of,
    reading_rows,
    root_of,
    summary_of,
)
from index.catalogue.searching import SearchReading
from index.errors import UnknownDocumentError
from index.records import Document, Passage

_PART = 4096  # rows handed out at once

# Numbers grow with the generations. So ordered, the rows of a few generations are read by their
# index; by number alone, SQLite would rather read the whole table than sort them.
_BY_NUMBER = (tables.passages.c.generation, tables.passages.c.number)
_documents, _passages, _vectors = tables.documents.c, tables.passages.c, tables.vectors.c


class Reading(SearchReading):
    """One transaction on the catalogue, for reading."""

    def __init__(self, connection: Connection, folder: Path) -> None:
        super().__init__(connection)
        self._folder = folder  # the index folder
        self.state = self._read_state()

    def roots(self) -> tuple[Root, ...]:
        """Return the roots, by name."""
        rows = self._connection.execute(select(tables.roots).order_by(tables.roots.c.name))
        return tuple(root_of(row, self._folder) for row in rows)

    def counts(self) -> Counts:
        """Count what the index holds."""
        documents = select(func.count()).select_from(tables.documents)
        passages = select(func.count()).select_from(tables.passages)
        embedded = select(func.count(_passages.key))
        return Counts(self._count(documents), self._count(passages), self._count(embedded))

    def unembedded_roots(self) -> tuple[Root, ...]:
        """Return the roots that have passages without vectors, by name."""
        lacking = select(_documents.root).where(
            _documents.embedder == "", _documents.passage_count > 0
        )
        names = frozenset(self._connection.execute(lacking.distinct()).scalars())
        return tuple(root for root in self.roots() if root.name in names)

    def documents(self) -> tuple[DocumentSummary, ...]:
        """List the documents, by root and path."""
        query = select(*SUMMARY).order_by(_documents.root, _documents.path)
        with reading_rows():
            return tuple(summary_of(row) for row in self._connection.execute(query))

    def summary(self, document_id: str) -> DocumentSummary:
        """Return one document as a list shows it; raises UnknownDocumentError."""
        query = select(*SUMMARY).where(_documents.id == document_id)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise UnknownDocumentError(f"no document {document_id!r} in the index")
        with reading_rows():
            return summary_of(row)

    def document(self, document_id: str) -> Document:
        """Read a document whole.

        Raises:
            UnknownDocumentError: There is none by that id.
            IndexDamagedError: It is not what was committed.
        """
        query = select(tables.documents).where(_documents.id == document_id)
        with reading_rows():
            row = self._connection.execute(query).one_or_none()
        if row is None:
            raise UnknownDocumentError(f"no document {document_id!r} in the index")
        return document_of(row)

    def document_ids(self, root: str) -> tuple[str, ...]:
        """Return the ids of a root's documents."""
        query = select(_documents.id).where(_documents.root == root)
        return tuple(self._connection.execute(query).scalars())

    def files(self, root: str) -> dict[str, KnownFile]:
        """Return what is known of a root's files, by their relative path."""
        query = select(*KNOWN, *STAMP).where(_documents.root == root)
        rows = self._connection.execute(query)
        return {
            row.path: KnownFile(
                row.id, row.sha256, row.extractor, row.embedder, Stamp(*tuple(row)[len(KNOWN) :])
            )
            for row in rows
        }

    def stamps(self, document_ids: Sequence[str]) -> dict[str, tuple[Path, Stamp]]:
        """Return where these documents' files lie, and how they stood when they were indexed."""
        query = select(_documents.id, _documents.root, _documents.path, *STAMP)
        rows = list(self._where_in(query, _documents.id, document_ids))
        roots, names = tables.roots, sorted({row.root for row in rows})
        named = self._where_in(select(roots), roots.c.name, names)
        folders = {row.name: root_of(row, self._folder).path for row in named}
        with reading_rows():
            return {row.id: (folders[row.root] / row.path, Stamp(*tuple(row)[3:])) for row in rows}

    def source_hashes(self, document_ids: Sequence[str]) -> dict[str, str]:
        """Return the hashes of these documents' source texts, of those that are there."""
        query = select(_documents.id, _documents.source_sha256)
        return dict(map(tuple, self._where_in(query, _documents.id, document_ids)))

    def hidden(self, root: str) -> frozenset[str]:
        """Return the relative paths that were removed by hand and stay out."""
        query = select(tables.hidden.c.path).where(tables.hidden.c.root == root)
        return frozenset(self._connection.execute(query).scalars())

    def passages(self, numbers: Sequence[int]) -> dict[int, Passage]:
        """Return the passages with these numbers, those that exist.

        Raises:
            IndexDamagedError: One is not what was committed; so may every method that reads them.
        """
        query = select(tables.passages)
        rows = self._where_in(query, _passages.number, [int(number) for number in numbers])
        return {row.number: passage_of(row) for row in rows}

    def titles(self, document_ids: Sequence[str]) -> dict[str, str]:
        """Return the titles of these documents.

        Raises:
            IndexDamagedError: One of them, which its passages name, is not there.
        """
        rows = self._where_in(select(_documents.id, _documents.title), _documents.id, document_ids)
        titles = {row.id: row.title for row in rows}
        if titles.keys() != set(document_ids):
            raise damaged("passage, whose document is not there,")
        return titles

    def passages_of(self, document_id: str) -> tuple[Passage, ...]:
        """Return a document's passages in their order."""
        query = select(tables.passages).where(_passages.document_id == document_id)
        with reading_rows():
            rows = self._connection.execute(query.order_by(_passages.number)).all()
        return tuple(passage_of(row) for row in rows)

    def numbers(self, document_ids: Sequence[str]) -> NDArray[np.int64]:
        """Return the numbers of these documents' passages, ascending.

        Raises:
            UnknownDocumentError: One of the documents is not in the index.
        """
        known = self._where_in(select(_documents.id), _documents.id, document_ids)
        if missing := set(document_ids).difference(row.id for row in known):
            raise UnknownDocumentError(f"no document {min(missing)!r} in the index")
        rows = self._where_in(select(_passages.number), _passages.document_id, document_ids)
        return np.sort(np.fromiter((row.number for row in rows), dtype=np.int64))

    def texts_since(self, generation: int) -> Iterator[tuple[NDArray[np.int64], list[str]]]:
        """Yield the numbers and searched texts of passages added after a generation, ascending."""
        query = (
            select(tables.passages, _documents.title)
            .join(tables.documents, _documents.id == _passages.document_id)
            .where(_passages.generation > generation)
            .order_by(*_BY_NUMBER)
        )
        for numbers, rows in self._parts(query):
            yield numbers, [searched_text(passage_of(row), row.title) for row in rows]

    def vectors_since(
        self, generation: int
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """Yield the numbers and vectors of passages added after a generation in parts, ascending.

        Raises:
            IndexDamagedError: A vector is not what was committed.
        """
        query = (
            select(_vectors.number, _vectors.vector)
            .join(tables.passages, _passages.number == _vectors.number)
            .where(_passages.generation > generation)
            .order_by(*_BY_NUMBER)
        )
        for numbers, rows in self._parts(query):
            with reading_rows():
                packed = b"".join(tables.unseal_vector(row.vector) for row in rows)
                vectors = np.frombuffer(packed, "<f4").reshape(len(rows), self.state.dimension)
            yield numbers, vectors

    def changed_since(self, generation: int) -> int:
        """Count the passages added and removed after a generation."""
        added = _passages.generation > generation
        removed = tables.removed.c.generation > generation
        return sum(self._count(select(func.count()).where(changed)) for changed in (added, removed))

    def removed_since(self, generation: int) -> NDArray[np.int64]:
        """Return the numbers of passages that were there at a generation and are no more."""
        query = (
            select(tables.removed.c.number)
            .where(tables.removed.c.generation > generation, tables.removed.c.added <= generation)
            .order_by(tables.removed.c.number)
        )
        return np.fromiter(self._connection.execute(query).scalars(), dtype=np.int64)

    def vectors_by_key(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """Return the vectors of passages whose searched texts have these digests."""
        query = select(_passages.key, _vectors.vector).join(
            tables.vectors, _vectors.number == _passages.number
        )
        rows = self._where_in(query, _passages.key, keys)
        with reading_rows():
            return {row.key: np.frombuffer(tables.unseal_vector(row.vector), "<f4") for row in rows}

    def vectors_at(
        self, numbers: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return those of the numbers, ascending, that have a vector, and these, (found, dim)."""
        query = select(_vectors.number, _vectors.vector)
        rows = sorted(self._where_in(query, _vectors.number, numbers.tolist()))
        with reading_rows():
            packed = b"".join(tables.unseal_vector(row.vector) for row in rows)
            found = np.array([row.number for row in rows], np.int64)
            return found, np.frombuffer(packed, "<f4").reshape(len(rows), self.state.dimension)

    def vectors_of(self, document_id: str) -> tuple[list[bytes | None], list[NDArray[np.float32]]]:
        """Return the keys of a document's passages in their order, and such vectors as they have.

        Raises:
            IndexDamagedError: A vector is not what was committed.
        """
        query = (
            select(_passages.key, _vectors.vector)
            .join(tables.vectors, _vectors.number == _passages.number, isouter=True)
            .where(_passages.document_id == document_id)
            .order_by(_passages.number)
        )
        with reading_rows():
            rows = self._connection.execute(query).all()
            vectors = [
                np.frombuffer(tables.unseal_vector(row.vector), "<f4").reshape(self.state.dimension)
                for row in rows
                if row.vector is not None
            ]
        return [row.key for row in rows], vectors

    def mark_of(self, generation: int) -> str:
        """Return the mark of the commit that made a generation; "" of one that is forgotten."""
        query = select(tables.commits.c.mark).where(tables.commits.c.generation == generation)
        return str(self._connection.execute(query).scalar() or "")

    def _read_state(self) -> State:
        row = self._connection.execute(select(tables.state)).one_or_none()
        if row is None:
            raise damaged("state")
        oldest = select(func.min(tables.commits.c.generation))
        with reading_rows():
            generation, history, known = int(row.generation), int(row.history), self._count(oldest)
            space = str(row.embedder), int(row.dimension), int(row.embedded_since)
            mark, uploads = self.mark_of(generation), str(row.uploads)
            return State(generation, mark, history, known, *space, uploads)

    def _parts(self, query: Select[Any]) -> Iterator[tuple[NDArray[np.int64], list[Row[Any]]]]:
        result = self._connection.execute(query, execution_options={"yield_per": _PART})
        parts = result.partitions()
        while True:
            with reading_rows():
                rows = list(next(parts, ()))
            if not rows:
                return
            yield np.array([row.number for row in rows], dtype=np.int64), rows
