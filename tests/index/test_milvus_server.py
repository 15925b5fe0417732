"""The way to a Milvus server, where there is none."""

from __future__ import annotations

import socket
import sys
import time

import pytest

from index.errors import ConfigurationError, SearchServerError
from index.milvus.server import MilvusAddress, MilvusServer


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
