"""Fixtures that every test may use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from index.embedding import Embedder
from tests.index.milvus_server import MilvusLite
from torture.models import HashingEmbedder


@pytest.fixture
def embedder() -> Embedder:
    """Embed without a model: the same text gives the same vector, shared words bring texts near."""
    return HashingEmbedder()


@pytest.fixture(scope="session")
def milvus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusLite]:
    """A Milvus server that is up; a test that stops it starts it again."""
    pytest.importorskip("pymilvus")
    pytest.importorskip("milvus_lite")
    server = MilvusLite(tmp_path_factory.mktemp("milvus") / "data")
    server.start()
    yield server
    server.kill()
