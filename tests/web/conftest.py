"""An assistant of a few small documents, and a client of its pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from assistant.answering import Assistant
from assistant.conversation.conversations import Conversations
from index.store import Store
from tests.web.making import fill, write_documents
from tests.web.running import WaitingReader
from web import create_app


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """Index the documents once, for all tests that change neither them nor the index."""
    folder = tmp_path_factory.mktemp("web")
    write_documents(folder / "documents")
    with Store.open(folder / "index", embedder_name=None, create=True) as store:
        yield fill(store, folder / "documents")


@pytest.fixture(scope="session")
def conversations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Conversations]:
    with closing(Conversations(tmp_path_factory.mktemp("conversations"))) as opened:
        yield opened


@pytest.fixture
def app(assistant: Assistant, conversations: Conversations) -> Flask:
    return create_app(assistant, conversations)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def reader() -> Iterator[WaitingReader]:
    """A reader that waits, and goes on at the end."""
    reader = WaitingReader()
    yield reader
    reader.goes_on.set()


@pytest.fixture
def own_folder(tmp_path: Path) -> Path:
    """A folder of the documents that a test may change."""
    write_documents(folder := tmp_path / "documents")
    return folder


@pytest.fixture
def own_store(tmp_path: Path) -> Iterator[Store]:
    """An index that a test may change."""
    with Store.open(tmp_path / "index", embedder_name=None, create=True) as store:
        yield store


@pytest.fixture
def own_client(own_folder: Path, own_store: Store, conversations: Conversations) -> FlaskClient:
    """A client of an index of its own."""
    return create_app(fill(own_store, own_folder), conversations).test_client()
