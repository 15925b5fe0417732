"""A folder of two documents, an empty index, and a run that brings the one into the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.embedding import Embedder
from index.events import Event
from index.ingest import IndexingSettings, index
from index.store import Store
from tests.index.ingest.runs import KABUL, ROME, CountingEmbedder, Run


@pytest.fixture
def embedder() -> CountingEmbedder:
    return CountingEmbedder()


@pytest.fixture
def store(tmp_path: Path, embedder: CountingEmbedder, catalogue_url: str) -> Iterator[Store]:
    with Store.open(
        tmp_path / "index", embedder_name=embedder.name, create=True, catalogue=catalogue_url
    ) as store:
        yield store


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    (folder / "south").mkdir(parents=True)
    (folder / "rome.txt").write_text(ROME)
    (folder / "south" / "kabul.md").write_text(KABUL)
    return folder


@pytest.fixture
def run(store: Store, embedder: Embedder, docs: Path) -> Run:
    def indexed(*paths: Path, **settings: bool | float) -> list[Event]:
        chosen = IndexingSettings(**settings)  # type: ignore[arg-type]
        return list(index(store, paths or [docs], embedder=embedder, settings=chosen))

    return indexed
