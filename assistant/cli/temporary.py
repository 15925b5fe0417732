"""The index that a command works on: the user's, or one of given documents for this run alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from assistant.cli.showing import show_events
from assistant.config import Settings

if TYPE_CHECKING:
    from assistant.testsets.records import CorpusDocument
    from index.embedding import Embedder


@contextmanager
def indexed(
    settings: Settings,
    embedder: Embedder | None,
    *,
    documents: Path | None = None,
    corpus: Sequence[CorpusDocument] | None = None,
) -> Iterator[Settings]:
    """Yield settings whose index holds the documents given; where none are, the same settings.

    Args:
        settings: What the user set.
        embedder: Embeds what is indexed; None indexes for keywords alone.
        documents: A file or folder, which goes before a corpus.
        corpus: The documents that a test set brings.
    """
    if documents is None and corpus is None:
        yield settings
        return
    with TemporaryDirectory() as folder:
        settings = replace(settings, index=Path(folder), catalogue="", search="")
        _index(settings, embedder, documents, corpus or ())
        yield settings


def _index(
    settings: Settings,
    embedder: Embedder | None,
    documents: Path | None,
    corpus: Sequence[CorpusDocument],
) -> None:
    from assistant.opening import open_store
    from assistant.testsets.corpus import index_corpus
    from index.ingest import index

    with open_store(settings, embedder, create=True) as store:
        if documents:
            show_events(index(store, [documents], embedder=embedder), err=True)
        else:
            show_events(index_corpus(store, corpus, embedder), err=True)
