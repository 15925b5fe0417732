"""An index and its models, opened together as the settings say."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from assistant.answering import Assistant
from assistant.config import Settings
from assistant.reader.sentences import SentenceReader
from index.embedding import Embedder, load_embedder
from index.errors import EmbedderError
from index.store import Store

_logger = logging.getLogger(__name__)

_WITHOUT_EMBEDDER = "%s; searching by keywords alone"


def open_embedder(settings: Settings) -> Embedder | None:
    """Load the embedder, or return None with a warning: the assistant goes on with keywords."""
    try:
        return load_embedder(settings.embedder or None)
    except EmbedderError as error:
        _logger.warning(_WITHOUT_EMBEDDER, error)
        return None


def open_store(settings: Settings, embedder: Embedder | None, *, create: bool = False) -> Store:
    """Open the index; see ``Store.open`` for what is raised."""
    name = embedder.name if embedder else None
    return Store.open(settings.index, embedder_name=name, create=create)


@contextmanager
def open_assistant(settings: Settings, embedder: Embedder | None) -> Iterator[Assistant]:
    """Open the index and the models that answer from it.

    An embedder whose weights cannot be loaded is done without, with a warning.
    """
    embedder = _proven(embedder)
    with open_store(settings, embedder) as store:
        yield Assistant(store, embedder, SentenceReader(embedder))


def _proven(embedder: Embedder | None) -> Embedder | None:
    """Load the weights, which otherwise the first question would wait for."""
    try:
        if embedder is not None:
            embedder.embed(["."])
    except EmbedderError as error:
        _logger.warning(_WITHOUT_EMBEDDER, error)
        return None
    return embedder
