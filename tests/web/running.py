"""A server of an application in a thread, and a reader that waits until it is told to go on."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from threading import Event, Semaphore, Thread
from urllib.parse import urlsplit

from flask import Flask

from assistant.records import Span
from index.records import Hit
from tests.web.making import QuoteReader
from web.serving import Server, bind

PATIENCE = 30.0  # seconds


class WaitingReader(QuoteReader):
    """Waits in every reading until it is told to go on."""

    def __init__(self) -> None:
        self.begun = Semaphore(0)  # released by every reading
        self.goes_on = Event()

    def read(self, question: str, hits: Sequence[Hit], idf: Mapping[str, float]) -> list[Span]:
        self.begun.release()
        assert self.goes_on.wait(timeout=PATIENCE)
        return super().read(question, hits, idf)


@contextmanager
def running(app: Flask) -> Iterator[Server]:
    """Serve an application on a free port of loopback."""
    server = bind(app, port=0)
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.stop(grace=5)
        thread.join(timeout=PATIENCE)
        assert not thread.is_alive()


def address_of(server: Server) -> tuple[str, int]:
    address = urlsplit(server.url)
    assert address.hostname
    assert address.port
    return address.hostname, address.port


def connect(server: Server) -> HTTPConnection:
    return HTTPConnection(*address_of(server), timeout=PATIENCE)


def open_socket(server: Server) -> socket.socket:
    return socket.create_connection(address_of(server), timeout=PATIENCE)


def get(server: Server, path: str, **headers: str) -> tuple[int, bytes]:
    """Fetch an address over a connection of its own."""
    connection = connect(server)
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()
