"""Fixtures of an index whose searches are on a Milvus server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.embedding import Embedder
from index.milvus.server import MilvusAddress
from index.store import Store
from tests.index.five_towns import Opener
from tests.index.milvus_server import MilvusLite, fresh_collection, searches_at


@pytest.fixture
def address(milvus: MilvusLite) -> MilvusAddress:
    return fresh_collection(milvus)


@pytest.fixture
def opened(tmp_path: Path, address: MilvusAddress, embedder: Embedder) -> Iterator[Opener]:
    """Open one index as often as a test likes, as other processes would."""
    stores: list[Store] = []

    def open_store() -> Store:
        kept = searches_at(address)
        name, folder = embedder.name, tmp_path / "index"
        stores.append(Store.open(folder, embedder_name=name, create=True, searches=kept))
        return stores[-1]

    yield open_store
    for store in stores:
        store.close()
