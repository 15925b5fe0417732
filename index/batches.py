"""Documents → passages → vectors, for as many documents at once as the embedder likes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from index.catalogue.changes import passage_keys
from index.catalogue.entries import NO_FILE, Entry, Root, Stamp, searched_text
from index.catalogue.readings import Reading
from index.embedding import Embedder
from index.errors import EmbedderError
from index.events import Committed
from index.passages import split
from index.records import Document, Passage
from index.store import Store

_logger = logging.getLogger(__name__)

_PASSAGES = 256  # in a batch: enough to sort by length, and all that an interrupted run loses
_SECONDS = 2.0  # that a batch waits for its next file
_MAX_TOKENS_UNEMBEDDED = 256

Item = TypeVar("Item")

# The vectors of texts that need not be embedded again, of the digests that are asked for.
HeldVectors = Callable[[Sequence[bytes]], dict[bytes, NDArray[np.float32]]]


@dataclass(frozen=True, slots=True)
class Draft:
    """A document with its passages, before they are embedded."""

    document: Document
    passages: tuple[Passage, ...]
    stamp: Stamp = NO_FILE


class _LetterCounter:
    """Stands in for an embedder's tokens where there is none: about three letters each."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text) // 3 for text in texts]


def make_draft(document: Document, embedder: Embedder | None, stamp: Stamp = NO_FILE) -> Draft:
    """Split a document into passages that the embedder reads whole."""
    if embedder is None:
        passages = split(document, _LetterCounter(), max_tokens=_MAX_TOKENS_UNEMBEDDED)
    else:
        passages = split(document, embedder, max_tokens=embedder.max_tokens)
    return Draft(document, passages, stamp)


class RunEmbedder:
    """The embedder of one run; when it fails, the run goes on without.

    Attributes:
        embedder: None where there is none, or none any more.
        fault: Why there is none any more; "" before.
    """

    def __init__(self, embedder: Embedder | None, held: HeldVectors) -> None:
        self.embedder = embedder
        self.fault = ""
        self._held = held

    def is_working(self) -> bool:
        """Tell whether it embeds."""
        return self._embed(["."]) is not None

    def entries(self, drafts: Sequence[Draft]) -> list[Entry]:
        """Give drafts their vectors; those of texts that the index holds are not made again."""
        keys = [passage_keys(draft.passages, draft.document.title) for draft in drafts]
        made = self._vectors(_searched_texts(drafts, keys))
        if self.embedder is None or made is None:
            return [Entry(draft.document, draft.passages, None, draft.stamp) for draft in drafts]
        dimension = self.embedder.dimension
        return [
            Entry(draft.document, draft.passages, _stacked(made, own, dimension), draft.stamp)
            for draft, own in zip(drafts, keys, strict=True)
        ]

    def _vectors(self, texts: dict[bytes, str]) -> dict[bytes, NDArray[np.float32]] | None:
        """Return the vectors of texts by their keys; None where they cannot be embedded."""
        if self.embedder is None:
            return None
        vectors = self._held(list(texts))
        missing = [key for key in texts if key not in vectors]
        if missing:
            made = self._embed([texts[key] for key in missing])
            if made is None:
                return None
            vectors |= dict(zip(missing, made, strict=True))
        return vectors

    def _embed(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        """Embed texts; where that fails, say so and return None from now on."""
        if self.embedder is None:
            return None
        try:
            vectors = self.embedder.embed(texts)
            due = (len(texts), self.embedder.dimension)
            if vectors.shape != due:
                raise EmbedderError(
                    f"{self.embedder.name} gives vectors of shape {vectors.shape} where {due} is "
                    "due: choose another embedder"
                )
        except EmbedderError as error:
            _logger.warning("%s; going on without vectors, which a later run will add", error)
            self.embedder, self.fault = None, str(error)
            return None
        return vectors


def run_embedder(store: Store, embedder: Embedder | None) -> RunEmbedder:
    """Make an embedder the index's own for a run, within ``Store.writing``.

    The vectors of another one go, but not before this one has embedded something.
    """

    def held(keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        with store.catalogue.reading() as rows:
            return rows.vectors_by_key(keys)

    run = RunEmbedder(embedder, held)
    if embedder is not None and not _is_adopted(store, embedder) and run.is_working():
        adopt(store, embedder)
    return run


def adopt(store: Store, embedder: Embedder) -> None:
    """Make an embedder the index's own, if it is not; the vectors of another one go."""
    if not _is_adopted(store, embedder):
        with store.commit() as changes:
            changes.adopt_embedder(embedder.name, embedder.dimension)


def _is_adopted(store: Store, embedder: Embedder) -> bool:
    with store.catalogue.reading() as rows:
        return rows.state.embedder == embedder.name


def add_documents(
    store: Store, documents: Iterable[Document], *, embedder: Embedder | None
) -> Iterator[Committed]:
    """Index documents that are no files, batch by batch; their roots are made as needed.

    Raises:
        IndexLockedError: Another writer is at work.
    """
    with store.writing():
        run = run_embedder(store, embedder)
        drafts = (make_draft(document, run.embedder) for document in documents)
        for batch in in_batches(drafts, lambda draft: len(draft.passages)):
            entries = run.entries(batch)
            with store.commit() as changes:
                named = {root.name for root in changes.roots()}
                for name in {entry.document.root for entry in entries} - named:
                    changes.add_root(Root(name, store.folder / "roots" / name))
                changes.put(*entries)
            for entry in entries:
                document = entry.document
                size = len(document.source_text)
                yield Committed(
                    document.path, document.id, document.sha256, changes.generation, size
                )


def in_batches(items: Iterable[Item], weigh: Callable[[Item], int]) -> Iterator[list[Item]]:
    """Gather items until they weigh as much as a batch of passages, or have taken their time."""
    batch: list[Item] = []
    begun, weight = monotonic(), 0
    for item in items:
        batch.append(item)
        weight += weigh(item)
        if weight >= _PASSAGES or monotonic() - begun > _SECONDS:
            yield batch
            batch, weight = [], 0
            begun = monotonic()
    if batch:
        yield batch


def warn_of_unembedded(rows: Reading) -> None:
    """Say how many passages the index's embedder has not embedded, and where they are."""
    counts = rows.counts()
    if rows.state.embedder and counts.embedded < counts.passages:
        places = ", ".join(f"{root.name} ({root.path})" for root in rows.unembedded_roots())
        _logger.warning(
            "%d passages have no vectors and are found by keywords alone: index their folders "
            "again: %s",
            counts.passages - counts.embedded,
            places,
        )


def _searched_texts(drafts: Sequence[Draft], keys: Sequence[Sequence[bytes]]) -> dict[bytes, str]:
    return {
        key: searched_text(passage, draft.document.title)
        for draft, own in zip(drafts, keys, strict=True)
        for passage, key in zip(draft.passages, own, strict=True)
    }


def _stacked(
    vectors: dict[bytes, NDArray[np.float32]], keys: Sequence[bytes], dimension: int
) -> NDArray[np.float32]:
    if not keys:
        return np.empty((0, dimension), dtype=np.float32)
    return np.stack([vectors[key] for key in keys])
