"""A server of an index that a test may change, and its documents panel."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from assistant.answering import Assistant
from assistant.conversation.conversations import Conversations
from index.ingest import index
from index.store import Store
from tests.browser.documents_panel.steps import LIMIT
from tests.web.making import QuoteReader, WaitingEmbedder, write_documents
from tests.web.running import running
from web import Limits, create_app


@pytest.fixture
def embedder() -> WaitingEmbedder:
    return WaitingEmbedder()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_documents(folder := tmp_path / "documents")
    return folder


@pytest.fixture
def store(tmp_path: Path, folder: Path, embedder: WaitingEmbedder) -> Iterator[Store]:
    name = embedder.name
    with Store.open(tmp_path / "index", embedder_name=name, create=True) as store:
        list(index(store, [folder], embedder=embedder))
        yield store


@pytest.fixture
def address(store: Store, embedder: WaitingEmbedder) -> Iterator[str]:
    """Serve an index that the test may change."""
    assistant, limits = Assistant(store, embedder, QuoteReader()), Limits(largest_file=LIMIT)
    with (
        closing(Conversations(store.folder)) as conversations,
        running(create_app(assistant, conversations, limits=limits)) as server,
    ):
        yield server.url.rstrip("/")
        embedder.goes_on.set()


@pytest.fixture
def panel(page: Page) -> Locator:
    """The panel, opened."""
    page.goto("/")
    page.get_by_role("button", name="Documents", exact=True).click()
    panel = page.locator("#documents")
    expect(panel.locator(".document")).to_have_count(3)
    return panel
