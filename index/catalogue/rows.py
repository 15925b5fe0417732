"""Rows of the catalogue → records, believed only as they were committed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from index.catalogue import tables
from index.catalogue.entries import DocumentSummary, Root
from index.errors import IndexDamagedError
from index.records import AlignedRun, Alignment, Block, BlockKind, Document, Page, Passage

_documents = tables.documents.c

SUMMARY = (
    _documents.id,
    _documents.root,
    _documents.path,
    _documents.title,
    _documents.media_type,
    _documents.sha256,
    _documents.size,
    _documents.page_count,
    _documents.passage_count,
    _documents.quality,
    _documents.modified_at,
    _documents.indexed_at,
    _documents.published,
    _documents.generation,
)
KNOWN = (
    _documents.path,
    _documents.id,
    _documents.sha256,
    _documents.extractor,
    _documents.embedder,
)
STAMP = (_documents.size, _documents.mtime_ns, _documents.ctime_ns, _documents.seen_ns)
_SUMMARY_KINDS = (str, str, str, str, str, str, int, int, int, float, float, float, str | None, int)


@contextmanager
def reading_rows() -> Iterator[None]:
    """Take values that no type can read for damage; only the database is asked within."""
    try:
        yield
    except (ValueError, TypeError, LookupError, OverflowError, MemoryError) as error:
        raise damaged(f"value ({error})") from error


def damaged(what: str) -> IndexDamagedError:
    """Return the error that says what of the catalogue is damaged, and how to mend it."""
    return IndexDamagedError(
        f"a {what} in the catalogue is not what was committed: see `assistant doctor`, "
        "and mend it with `assistant doctor --repair`"
    )


def _is_whole(row: Row[Any], names: Sequence[str]) -> bool:
    return bool(row.seal == tables.seal(row._mapping, names))


def root_of(row: Row[Any], folder: Path) -> Root:
    """Return the root in a row; raises IndexDamagedError if it is not what was committed.

    Args:
        row: Of the table of roots.
        folder: The index folder, which a root's path may be relative to.
    """
    with reading_rows():
        if not _is_whole(row, tables.SEALED_ROOT):
            raise damaged(f"root ({row.name})")
        return Root(row.name, folder / row.path)


def summary_of(row: Sequence[Any]) -> DocumentSummary:
    """Return the summary in a row of ``SUMMARY``."""
    if not all(map(isinstance, row, _SUMMARY_KINDS)):
        raise damaged("document's entry")
    return DocumentSummary(*tuple(row))


def document_of(row: Row[Any]) -> Document:
    """Return the document in a row; raises IndexDamagedError if it is not what was committed."""
    with reading_rows():
        digest = sha256(row.source_text.encode()).hexdigest()
        if not _is_whole(row, tables.SEALED_DOCUMENT) or row.source_sha256 != digest:
            raise damaged(f"document ({row.path})")
    runs = tuple(AlignedRun(*run) for run in tables.unpack(row.alignment, 4))
    return Document(
        id=row.id,
        root=row.root,
        path=row.path,
        title=row.title,
        media_type=row.media_type,
        sha256=row.sha256,
        source_text=row.source_text,
        source_sha256=row.source_sha256,
        text=row.text,
        alignment=Alignment(runs),
        blocks=tuple(Block(BlockKind(kind), *rest) for kind, *rest in row.blocks),
        pages=tuple(Page(*page) for page in tables.unpack(row.pages, 3)),
        extractor=row.extractor,
        quality=row.quality,
        modified_at=row.modified_at,
        published=row.published,
        metadata=row.metadata,
    )


def passage_of(row: Row[Any]) -> Passage:
    """Return the passage in a row; raises IndexDamagedError if it is not what was committed."""
    with reading_rows():
        if not _is_whole(row, tables.SEALED_PASSAGE):
            raise damaged("passage")
    return Passage(
        id=row.id,
        document_id=row.document_id,
        start=row.start,
        end=row.end,
        text=row.text,
        sentences=tuple((start, end) for start, end in tables.unpack(row.sentences, 2)),
        section=tuple(row.section),
    )
