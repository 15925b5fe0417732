"""A file that may have changed → what is to be committed of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from index.batches import Draft, RunEmbedder, make_draft
from index.catalogue.entries import Entry, KnownFile
from index.documents import current_extractors
from index.embedding import Embedder
from index.errors import ExtractionError
from index.extracting import extractor
from index.roots import FoundFile, Scope, read_file


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may have changed, and what the index knows of it."""

    file: FoundFile
    scope: Scope
    known: KnownFile | None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file that cannot be read, and the document that goes because of it."""

    reason: str
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class Same:
    """A file that holds what the index holds."""

    document_id: str


Prepared = Entry | Rejected | Same


def is_current(known: KnownFile, embedder: Embedder | None) -> bool:
    """Tell whether a document would be made the same way today."""
    embedded = embedder is None or known.embedder == embedder.name
    return embedded and known.extractor in current_extractors()


def prepare(
    candidate: Candidate, embedder: Embedder | None, *, max_bytes: int, place: str = ""
) -> Draft | Rejected | Same:
    """Read a file as a document and split it.

    Args:
        candidate: The file.
        embedder: Whose passages it is split into.
        max_bytes: A larger file is not read.
        place: Of a worker that may see other files than the caller, or see them later: goes before
            the reason why one is not readable there.
    """
    file, known = candidate.file, candidate.known
    try:
        if place:
            _compare(file)  # first: a file system that knows its time does not keep older bytes
        data = read_file(file.path, candidate.scope.root.path, max_bytes)
    except OSError as error:
        return Rejected(place + (error.strerror or str(error)))
    digest = sha256(data).hexdigest()
    if known and known.sha256 == digest and is_current(known, embedder):
        return Same(known.document_id)
    try:
        document = extractor().read(data, file, candidate.scope.root.name)
        return make_draft(document, embedder, file.stamp)
    except ExtractionError as error:
        return _rejected(known, digest, error.reason)


def reject(candidate: Candidate, reason: str) -> Rejected:
    """Reject a file that is not to be read as a document, whatever has been done with it."""
    file = candidate.file
    try:
        data = read_file(file.path, candidate.scope.root.path, file.stamp.size)
    except OSError:  # then it is not known whether it has changed
        return Rejected(reason)
    return _rejected(candidate.known, sha256(data).hexdigest(), reason)


def embed(items: Sequence[Draft | Rejected | Same], embedder: RunEmbedder) -> list[Prepared]:
    """Make entries of drafts, all at once, and leave the rest as it is."""
    entries = iter(embedder.entries([item for item in items if isinstance(item, Draft)]))
    return [next(entries) if isinstance(item, Draft) else item for item in items]


def _compare(file: FoundFile) -> None:
    """Make sure that this machine sees the file that the stamp is of; raises OSError."""
    here = file.path.stat()
    if (here.st_size, here.st_mtime_ns) != (file.stamp.size, file.stamp.mtime_ns):
        raise OSError(
            "it has another size or time there than where the run was started: index it again"
        )


def _rejected(known: KnownFile | None, digest: str, reason: str) -> Rejected:
    """Reject a file; its document goes where its bytes are no more what was indexed."""
    if known is None or known.sha256 == digest:
        return Rejected(reason)
    return Rejected(f"{reason}; what was indexed of it before is removed", known.document_id)
