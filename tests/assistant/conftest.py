from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from assistant.answering import Assistant
from index.embedding import Embedder
from index.ingest import index
from index.store import Store
from torture.models import SharedWordsReader

AssistantOver = Callable[[Mapping[str, str]], Assistant]


@pytest.fixture
def assistant_over(tmp_path: Path, embedder: Embedder) -> Iterator[AssistantOver]:
    """Make an assistant over files given by name and content."""
    with ExitStack() as opened:

        def make(files: Mapping[str, str]) -> Assistant:
            folder = tmp_path / "harbour"
            folder.mkdir()
            for name, content in files.items():
                (folder / name).write_bytes(content.encode())
            store = Store.open(tmp_path / "index", embedder_name=embedder.name, create=True)
            opened.enter_context(store)
            for _ in index(store, [folder], embedder=embedder):
                pass
            return Assistant(store, embedder, SharedWordsReader())

        yield make
