from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from threading import Thread
from time import monotonic

import pytest

from assistant.answering import Assistant
from assistant.conversation.conversations import Conversations
from tests.waiting import wait_until
from tests.web.running import PATIENCE, WaitingReader, address_of, connect, open_socket
from web import create_app
from web.current import served
from web.readiness import Stage
from web.serving import Server, bind

QUESTION = {"question": "Where did the council meet?"}


@pytest.fixture
def waiting(
    assistant: Assistant, conversations: Conversations, reader: WaitingReader
) -> Iterator[tuple[Server, list[bool]]]:
    """A server whose answers wait, and what it says of them when it has stopped."""
    app = create_app(Assistant(assistant.store, None, reader), conversations)
    served(app).readiness.stage = Stage.READY
    server = bind(app, port=0)
    finished: list[bool] = []
    thread = Thread(target=lambda: finished.append(server.run()))
    thread.start()
    yield server, finished
    server.stop(grace=0)
    reader.goes_on.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def is_refused(server: Server) -> bool:
    try:
        open_socket(server).close()
    except ConnectionRefusedError:
        return True
    except ConnectionResetError:  # it was closed just then
        return False
    return False


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_a_stop_finishes_the_answers_in_flight(
    waiting: tuple[Server, list[bool]], reader: WaitingReader, accept: str
) -> None:
    server, finished = waiting
    connection, half = connect(server), open_socket(server)
    half.sendall(b"GET /ready HTTP/1.0\r\nHost: localhost\r\n")
    headers = {"Content-Type": "application/json", "Accept": accept}
    connection.request("POST", "/ask", json.dumps(QUESTION), headers)
    assert reader.begun.acquire(timeout=PATIENCE)
    server.stop(grace=PATIENCE)
    wait_until(lambda: is_refused(server))
    half.sendall(b"\r\n")
    assert half.recv(100).startswith(b"HTTP/1.0 503")
    half.close()
    assert finished == []
    reader.goes_on.set()
    response = connection.getresponse()
    assert (response.status, b'"answer":"Rome"' in response.read()) == (200, True)
    connection.close()
    until = monotonic() + PATIENCE
    while not finished:
        assert monotonic() < until
    assert finished == [True]


def test_a_stop_waits_for_idle_connections_no_longer_than_for_none(
    waiting: tuple[Server, list[bool]],
) -> None:
    server, finished = waiting
    with socket.create_connection(address_of(server), timeout=PATIENCE) as idle:
        idle.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert idle.recv(12) == b"HTTP/1.1 200"
        begun = monotonic()
        server.stop(grace=PATIENCE)
        while idle.recv(65536):
            pass
        while not finished:
            assert monotonic() < begun + PATIENCE / 2
    assert finished == [True]


def test_after_the_grace_period_answers_are_cut_off(
    waiting: tuple[Server, list[bool]], reader: WaitingReader
) -> None:
    server, finished = waiting
    connection = connect(server)
    headers = {"Content-Type": "application/json"}
    connection.request("POST", "/ask", json.dumps(QUESTION), headers)
    assert reader.begun.acquire(timeout=PATIENCE)
    begun = monotonic()
    server.stop(grace=0.2)
    while not finished:
        assert monotonic() < begun + PATIENCE
    assert finished == [False]
    connection.close()
