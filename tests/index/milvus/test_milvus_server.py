"""The way to a Milvus server, where there is none."""

from __future__ import annotations

import socket
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from index.embedding import Embedder
from index.errors import ConfigurationError, SearchServerError
from index.milvus.collection import MilvusCollection
from index.milvus.server import MilvusAddress, MilvusServer
from index.search import search
from index.store import Store
from tests.index.milvus_server import MilvusLite, fresh_collection, searches_at


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


@pytest.mark.scale
def test_server_that_falls_silent_is_not_waited_for(milvus: MilvusLite) -> None:
    address = fresh_collection(milvus)
    kept = MilvusCollection(MilvusServer(address), address.collection)
    kept.create(2)
    assert len(kept) == 0
    begun = time.monotonic()
    with milvus.silent(), pytest.raises(SearchServerError, match="see that it runs") as told:
        kept.dense(np.ones(2, np.float32), 1, among=None)
    assert time.monotonic() - begun < 25
    assert "Rpc" not in str(told.value)
    kept.drop()


@pytest.mark.parametrize("url", ["localhost:19530", "ftp://host", "http://", "http://host:port"])
def test_what_is_no_server_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="http://host:19530"):
        MilvusAddress(url)


@pytest.mark.parametrize("host", ["host", "host:port"])
def test_password_in_the_address_is_refused_and_not_repeated(host: str) -> None:
    with pytest.raises(ConfigurationError, match="search_token") as refused:
        MilvusAddress(f"http://root:s3cret@{host}")
    assert "s3cret" not in str(refused.value)


def test_token_is_not_shown() -> None:
    pytest.importorskip("pymilvus")
    assert "s3cret" not in repr(MilvusAddress("http://host:19530", "root:s3cret"))


def test_what_is_no_collection_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="letters"):
        MilvusAddress("http://host:19530", collection="my-index")


def test_missing_library_is_told_before_anything_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(ConfigurationError, match=r"document-assistant\[scale\]"):
        MilvusAddress("http://host:19530")


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
