"""What an index keeps about documents beside the documents themselves."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from time import time_ns

import numpy as np
from numpy.typing import NDArray

from index.records import Document, Passage


@dataclass(frozen=True, slots=True)
class Root:
    """A folder whose documents are in the index, and what it is called there."""

    name: str
    path: Path  # absolute


@dataclass(frozen=True, slots=True)
class Stamp:
    """How a file stood when it was looked at."""

    size: int  # bytes
    mtime_ns: int
    ctime_ns: int
    seen_ns: int  # when that was

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """Return the stamp of a file that is looked at now."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, time_ns())

    def agrees_with(self, now: Stamp) -> bool:
        """Tell whether a file that now has the stamp ``now`` looks as it did."""
        return replace(now, seen_ns=self.seen_ns) == self

    def proves_unchanged(self, now: Stamp) -> bool:
        """Tell whether a file that now has the stamp ``now`` surely has the same bytes.

        A file changed twice within the clock's grain keeps its times, so times within two seconds
        before the look prove nothing.
        """
        settled = max(self.mtime_ns, self.ctime_ns) < self.seen_ns - 2_000_000_000
        return settled and self.agrees_with(now)


NO_FILE = Stamp(0, 0, 0, 0)  # of a document that is none


@dataclass(frozen=True, slots=True)
class Entry:
    """A document ready to be committed, with all that search needs of it."""

    document: Document
    passages: tuple[Passage, ...]
    vectors: NDArray[np.float32] | None  # (passages, dimension); None to search it by keywords only
    stamp: Stamp = NO_FILE


@dataclass(frozen=True, slots=True)
class KnownFile:
    """What the index knows of a file, for telling whether it has changed."""

    document_id: str
    sha256: str
    extractor: str
    embedder: str  # "" where the document has no vectors
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """One document as a list shows it."""

    id: str
    root: str
    path: str  # relative to the root, POSIX
    title: str
    media_type: str
    sha256: str
    size: int  # bytes
    pages: int
    passages: int
    quality: float
    modified_at: float  # seconds since the epoch
    indexed_at: float  # seconds since the epoch
    published: str | None
    generation: int  # the one that it was last committed with


@dataclass(frozen=True, slots=True)
class State:
    """Where the catalogue stands."""

    generation: int  # counts the commits
    mark: str  # of the commit that made the generation
    history: int  # the generation at which caches were last saved
    known_since: int  # what changed after this generation is known
    embedder: str  # whose vectors these are; "" before the first
    dimension: int
    embedded_since: int  # the generation at which that embedder was adopted
    uploads: str  # the mark in the folder of uploads; "" before one was noted


@dataclass(frozen=True, slots=True)
class Counts:
    """How much an index holds."""

    documents: int
    passages: int
    embedded: int  # passages that have a vector


def searched_text(passage: Passage, title: str) -> str:
    """Return what a passage is searched and embedded as: title and headings, then its text."""
    return f"{passage.context(title)}\n{passage.text}".strip("\n")
