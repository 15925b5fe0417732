"""An index and its models, opened together as the settings say."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from assistant.answering import Assistant
from assistant.confidence import CALIBRATION_FILE, Calibration
from assistant.config import Settings
from assistant.reader.model import SpanModel
from assistant.reader.reading import COMBINATION_FILE, SpanReader
from index.embedding import Embedder, load_embedder
from index.embedding.model_files import find_model
from index.errors import EmbedderError, ReaderError
from index.store import Store
from index.store.caching import FileCaches
from index.store.searches import Opener

_logger = logging.getLogger(__name__)

_WITHOUT_EMBEDDER = "%s; searching by keywords alone"
READER_FOLDER = Path(__file__).with_name("reader")
SHIPPED_READER = READER_FOLDER / "weights"


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
    kept = searches(settings)
    return Store.open(settings.index, embedder_name=name, create=create, searches=kept)


def searches(settings: Settings) -> Opener:
    """Return what keeps the searches: the index folder, or the server that is named.

    Raises:
        ConfigurationError: No server goes by that name.
    """
    if not settings.search:
        return FileCaches
    from index.milvus.searches import MilvusSearches
    from index.milvus.server import MilvusAddress

    address = MilvusAddress(settings.search, settings.search_token, settings.collection)
    return partial(MilvusSearches, address=address)


@contextmanager
def open_assistant(
    settings: Settings, embedder: Embedder | None, *, is_calibrated: bool = True
) -> Iterator[Assistant]:
    """Open the index and the models that answer from it.

    An embedder whose weights cannot be loaded is done without, with a warning.

    Raises:
        ReaderError: The reader cannot be used.
        CalibrationError: The index's calibration is damaged.
    """
    embedder = _proven(embedder)
    with open_store(settings, embedder) as store:
        reader = open_reader(settings)
        calibration = load_calibration(settings, reader.name) if is_calibrated else Calibration()
        yield Assistant(store, embedder, reader, calibration)


def open_reader(settings: Settings) -> SpanReader:
    """Open the reader; torch and the weights load at the first question.

    Raises:
        ReaderError: Its weights are missing, damaged or not safetensors.
    """
    try:
        folder = find_model(settings.reader) if settings.reader else SHIPPED_READER
    except EmbedderError as error:
        raise ReaderError(str(error)) from error
    model = SpanModel(folder, name=settings.reader or "shipped")
    return SpanReader(model, READER_FOLDER / COMBINATION_FILE)


def load_calibration(settings: Settings, reader: str) -> Calibration:
    """Load what was fitted on the user's own questions with this reader, or what is shipped.

    Raises:
        CalibrationError: It is damaged.
    """
    own = settings.index / CALIBRATION_FILE
    if own.exists():
        calibration = Calibration.load(own)
        if calibration.reader == reader:
            return calibration
        _logger.warning("%s: made with another reader; run `assistant calibrate` again", own)
    if settings.reader:
        _logger.warning(
            "how sure %s is has not been measured: run `assistant calibrate` on your own questions",
            settings.reader,
        )
    return Calibration.load(READER_FOLDER / CALIBRATION_FILE)


def _proven(embedder: Embedder | None) -> Embedder | None:
    """Load the weights, which otherwise the first question would wait for."""
    try:
        if embedder is not None:
            embedder.embed(["."])
    except EmbedderError as error:
        _logger.warning(_WITHOUT_EMBEDDER, error)
        return None
    return embedder
