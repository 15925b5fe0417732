"""Fixtures that every test may use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from index.embedding import Embedder
from tests.index.milvus_server import MilvusLite
from tests.postgresql import Server, running
from torture.models import HashingEmbedder


@pytest.fixture
def embedder() -> Embedder:
    """Embed without a model: the same text gives the same vector, shared words bring texts near."""
    return HashingEmbedder()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """Run a PostgreSQL server for all tests that need one."""
    with running() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.scale)])
def catalogue_url(request: pytest.FixtureRequest) -> str:
    """Name an empty place for a catalogue: in the index folder, or a database of its own."""
    if request.param == "sqlite":
        return ""
    server: Server = request.getfixturevalue("postgresql")
    return server.database()


@pytest.fixture(scope="session")
def milvus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusLite]:
    """A Milvus server that is up; a test that stops it starts it again."""
    pytest.importorskip("pymilvus")
    pytest.importorskip("milvus_lite")
    server = MilvusLite(tmp_path_factory.mktemp("milvus") / "data")
    server.start()
    yield server
    server.kill()
