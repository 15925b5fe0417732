"""Documents → passages → vectors, for as many documents at once as the embedder likes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from index.changes import passage_keys
from index.embedding import Embedder
from index.entries import NO_FILE, Entry, Root, Stamp, searched_text
from index.events import Committed
from index.passages import split
from index.records import Document, Passage
from index.store import Store

_PASSAGES = 256  # in a batch: enough to sort by length, and all that an interrupted run loses
_SECONDS = 2.0  # that a batch waits for its next file
_MAX_TOKENS_UNEMBEDDED = 256

Item = TypeVar("Item")


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


def embed(store: Store, drafts: Sequence[Draft], embedder: Embedder | None) -> list[Entry]:
    """Give drafts their vectors: those of texts that the index holds already are not made again."""
    if embedder is None:
        return [Entry(draft.document, draft.passages, None, draft.stamp) for draft in drafts]
    keys = [passage_keys(draft.passages, draft.document.title) for draft in drafts]
    vectors = _vectors(store, _searched_texts(drafts, keys), embedder)
    return [
        Entry(draft.document, draft.passages, _stacked(vectors, own, embedder), draft.stamp)
        for draft, own in zip(drafts, keys, strict=True)
    ]


def adopt(store: Store, embedder: Embedder | None) -> None:
    """Make the embedder the index's own, within ``Store.writing``; vectors of another one go."""
    with store.catalogue.reading() as rows:
        state = rows.state
    if embedder is not None and state.embedder != embedder.name:
        with store.commit() as changes:
            changes.adopt_embedder(embedder.name, embedder.dimension)


def add_documents(
    store: Store, documents: Iterable[Document], *, embedder: Embedder | None
) -> Iterator[Committed]:
    """Index documents that are no files, batch by batch; their roots are made as needed.

    Raises:
        IndexLockedError: Another writer is at work.
    """
    with store.writing():
        adopt(store, embedder)
        drafts = (make_draft(document, embedder) for document in documents)
        for batch in in_batches(drafts, lambda draft: len(draft.passages)):
            entries = embed(store, batch, embedder)
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


def _searched_texts(drafts: Sequence[Draft], keys: Sequence[Sequence[bytes]]) -> dict[bytes, str]:
    return {
        key: searched_text(passage, draft.document.title)
        for draft, own in zip(drafts, keys, strict=True)
        for passage, key in zip(draft.passages, own, strict=True)
    }


def _vectors(
    store: Store, texts: dict[bytes, str], embedder: Embedder
) -> dict[bytes, NDArray[np.float32]]:
    """Return the vectors of texts by their keys."""
    with store.catalogue.reading() as rows:
        vectors = rows.vectors_by_key(list(texts))
    missing = [key for key in texts if key not in vectors]
    if missing:
        made = embedder.embed([texts[key] for key in missing])
        vectors |= dict(zip(missing, made, strict=True))
    return vectors


def _stacked(
    vectors: dict[bytes, NDArray[np.float32]], keys: Sequence[bytes], embedder: Embedder
) -> NDArray[np.float32]:
    if not keys:
        return np.empty((0, embedder.dimension), dtype=np.float32)
    return np.stack([vectors[key] for key in keys])
