"""The way to a Milvus server, where there is none."""

from __future__ import annotations

import socket
import sys
import time
from pathlib import Path

import pytest

from index.embedding import Embedder
from index.errors import ConfigurationError, SearchServerError
from index.milvus.server import MilvusAddress, MilvusServer
from index.search import search
from index.store import Store
from tests.index.milvus_server import searches_at


@pytest.mark.scale
def test_server_that_says_nothing_is_not_waited_for() -> None:
    pytest.importorskip("pymilvus")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        kept = MilvusServer(MilvusAddress(f"http://127.0.0.1:{silent.getsockname()[1]}"))
        begun = time.monotonic()
        with pytest.raises(SearchServerError, match="see that it runs"):
            kept.call("list_collections")
        assert time.monotonic() - begun < 20


@pytest.mark.parametrize("url", ["localhost:19530", "ftp://host", "http://", "http://host:port"])
def test_what_is_no_server_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="http://host:19530"):
        MilvusAddress(url)


def test_what_is_no_collection_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="letters"):
        MilvusAddress("http://host:19530", collection="my-index")


def test_missing_library_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(ConfigurationError, match=r"document-assistant\[scale\]"):
        MilvusServer(MilvusAddress("http://host:19530"))


@pytest.mark.scale
def test_index_that_holds_nothing_is_searched_without_a_server(
    tmp_path: Path, embedder: Embedder
) -> None:
    pytest.importorskip("pymilvus")
    nobody = searches_at(MilvusAddress("http://127.0.0.1:1"))
    with Store.open(
        tmp_path / "index", embedder_name=embedder.name, create=True, searches=nobody
    ) as store:
        assert search(store, embedder, "council", k=5).hits == ()
        with store.snapshot() as snapshot:
            assert snapshot.idf("council") == 0.0
