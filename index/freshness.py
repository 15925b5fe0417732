"""Whether the files of documents are still what was indexed of them."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from index.catalogue.entries import NO_FILE, Stamp
from index.catalogue.readings import Reading


def stale(rows: Reading, document_ids: Collection[str]) -> frozenset[str]:
    """Return which documents' files are gone, or look otherwise than when they were indexed.

    Each file is looked at, none is read: a file that was only written again with the same bytes
    counts as changed until it is indexed again.
    """
    return frozenset(
        document_id
        for document_id, (path, stamp) in rows.stamps(list(document_ids)).items()
        if stamp != NO_FILE and not _looks_unchanged(path, stamp)
    )


def _looks_unchanged(path: Path, stamp: Stamp) -> bool:
    try:
        return stamp.agrees_with(Stamp.of(path.stat()))
    except OSError:
        return False
