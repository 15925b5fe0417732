"""A tiny assistant over documents written by hand, and a client of its pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from index.entries import Entry, Root
from index.store import Store
from tests.web.making import (
    COUNCIL,
    COUNCIL_ID,
    SCRIPT,
    SCRIPT_ID,
    TinyAssistant,
    make_document,
    make_passage,
)
from web import create_app


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Hold the two documents in a new index."""
    documents = (
        make_document(COUNCIL_ID, "council.md", COUNCIL, heading=(2, 13)),
        make_document(SCRIPT_ID, "script.txt", SCRIPT),
    )
    with Store.open(tmp_path / "index", embedder_name=None, create=True) as store:
        with store.writing(), store.commit() as changes:
            changes.add_root(Root("documents", tmp_path / "documents"))
            for document in documents:
                changes.put(Entry(document, (make_passage(document),), vectors=None))
        yield store


@pytest.fixture
def assistant(store: Store) -> TinyAssistant:
    return TinyAssistant(store)


@pytest.fixture
def app(assistant: TinyAssistant) -> Flask:
    return create_app(assistant)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
