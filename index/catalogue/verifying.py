"""Whether an index keeps its promises: the invariants of its catalogue, and of what it is of."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.catalogue.changes import passage_keys
from index.catalogue.entries import NO_FILE, Entry
from index.catalogue.readings import Reading
from index.errors import IndexDamagedError
from index.freshness import stale
from index.records import Document, Passage


def whole_entry(rows: Reading, document_id: str) -> Entry:
    """Return a document with all that was committed with it.

    Raises:
        IndexDamagedError: Some of it is missing, or is not what was committed.
    """
    document = rows.document(document_id)
    passages = rows.passages_of(document_id)
    due = rows.summary(document_id).passages
    if len(passages) != due:
        raise IndexDamagedError(f"{len(passages)} passages where {due} were committed")
    for passage in passages:
        if not _slices(document, passage):
            raise IndexDamagedError(f"passage {passage.id} is not what its document says there")
    stamps = rows.stamps([document_id])
    return Entry(document, passages, _vectors(rows, document, passages), stamps[document_id][1])


def document_problems(rows: Reading) -> Iterator[str]:
    """Yield what is wrong with the roots, documents and passages of a catalogue, a line each."""
    try:
        rows.roots()
    except IndexDamagedError as error:
        yield str(error)
        return
    for summary in rows.documents():
        try:
            whole_entry(rows, summary.id)
        except IndexDamagedError as error:
            yield f"{summary.root}/{summary.path}: {error}"


def file_problems(rows: Reading) -> Iterator[str]:
    """Yield which files look as they did when they were indexed but are not, a line each."""
    stamps = rows.stamps([summary.id for summary in rows.documents()])
    changed = stale(rows, stamps)
    for summary in rows.documents():
        path, stamp = stamps[summary.id]
        if stamp == NO_FILE or summary.id in changed:
            continue
        if _digest(path) not in ("", summary.sha256):
            yield (
                f"{path} is not what was indexed, though its time and size are: "
                "restore it from a copy, or `touch` it and index it again"
            )


def file_notes(rows: Reading) -> Iterator[str]:
    """Yield which files have changed or gone since they were indexed, a line each."""
    stamps = rows.stamps([summary.id for summary in rows.documents()])
    changed = stale(rows, stamps)
    for summary in rows.documents():
        path, _ = stamps[summary.id]
        if summary.id in changed and (digest := _digest(path)) != summary.sha256:
            happened = "has changed" if digest else "is gone, or cannot be read,"
            yield f"{path} {happened} since it was indexed: index its folder again"


def _slices(document: Document, passage: Passage) -> bool:
    return document.text[passage.start : passage.end] == passage.text and all(
        passage.start <= start <= end <= passage.end for start, end in passage.sentences
    )


def _vectors(
    rows: Reading, document: Document, passages: tuple[Passage, ...]
) -> NDArray[np.float32] | None:
    """Return a document's vectors, (passages, dimension); None where it was not embedded."""
    keys, vectors = rows.vectors_of(document.id)
    if not vectors and not any(keys):
        return None
    if len(vectors) != len(passages) or keys != passage_keys(passages, document.title):
        raise IndexDamagedError("its vectors are not those that were committed")
    return np.stack(vectors)


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file; "" where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
