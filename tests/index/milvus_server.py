"""A Milvus Lite server of its own process, which tests start, stop and start again."""

from __future__ import annotations

import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from index.milvus.collection import MilvusCollection
from index.milvus.searches import MilvusSearches
from index.milvus.server import MilvusAddress, MilvusServer
from index.store import Store
from index.store.searches import Opener

_START_SECONDS = 60


class MilvusLite:
    """One server on loopback, over one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        program = [sys.executable, "-m", "milvus_lite", "server", "--host", "127.0.0.1"]
        place = ["--port", str(self._port), "--data-dir", str(self._folder)]
        with (self._folder.parent / "milvus.log").open("ab") as log:
            self._process = subprocess.Popen([*program, *place], stdout=log, stderr=log)
        ends = time.monotonic() + _START_SECONDS
        while not self._is_answering():
            if time.monotonic() > ends or self._process.poll() is not None:
                raise RuntimeError(f"no server: see {self._folder.parent / 'milvus.log'}")
            time.sleep(0.05)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Keep connections, and answer nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def _is_answering(self) -> bool:
        with socket.socket() as asked:
            return asked.connect_ex(("127.0.0.1", self._port)) == 0


def fresh_collection(server: MilvusLite) -> MilvusAddress:
    """Return an address whose collections no other test has."""
    return MilvusAddress(server.url, collection=f"test_{secrets.token_hex(4)}")


def searches_at(address: MilvusAddress) -> Opener:
    return partial(MilvusSearches, address=address)


def collection_of(store: Store, address: MilvusAddress) -> MilvusCollection:
    with store.catalogue.reading() as rows:
        here = rows.collection()
    assert here is not None
    return MilvusCollection(MilvusServer(address), here.name)
