"""A server over a folder of documents, answering by quotes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from assistant.conversation.conversations import Conversations
from index.store import Store
from tests.web.making import fill
from tests.web.running import running
from web import create_app


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Index ``documents`` in the folder into ``index`` there, and serve it.

    Yields:
        The address, without the last slash.
    """
    with (
        Store.open(folder / "index", embedder_name=None, create=True) as store,
        closing(Conversations(store.folder)) as conversations,
        running(create_app(fill(store, folder / "documents"), conversations)) as server,
    ):
        yield server.url.rstrip("/")
