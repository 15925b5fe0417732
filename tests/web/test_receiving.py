from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from time import sleep

import pytest
from flask import Flask

from assistant.answering import Assistant
from assistant.conversation.conversations import Conversations
from index.store import Store
from tests.waiting import wait_until
from tests.web.making import fill
from tests.web.running import PATIENCE, WaitingReader, get, open_socket, running
from web import Limits, Visitors, create_app
from web.receiving import Channel
from web.serving import Server

LIMITS = Limits(largest_body=1000, largest_file=100_000, uploads=1, connections=16)
TOKEN = "the-token-of-these-tests_0123456789"
BODY = json.dumps({"question": "Where did the council meet?"}).encode()
ASK = b"POST /ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


def make_upload(size: int, *headers: str) -> bytes:
    """Return a request that sends a file of so many bytes."""
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    body = part + b"word " * (size // 5) + b"\r\n--x--\r\n"
    lines = [
        "POST /documents HTTP/1.1",
        "Host: localhost",
        "Content-Type: multipart/form-data; boundary=x",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def answer_to(connection: socket.socket) -> tuple[int, bytes]:
    """Read a reply to its end; return its status and what follows the headers."""
    received = b""
    while more := connection.recv(65536):
        received += more
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


def code_of(reply: tuple[int, bytes]) -> tuple[int, str]:
    return reply[0], json.loads(reply[1])["error"]["code"]


@pytest.fixture
def app(own_store: Store, own_folder: Path, conversations: Conversations) -> Flask:
    return create_app(fill(own_store, own_folder), conversations, limits=LIMITS)


@pytest.fixture
def server(app: Flask) -> Iterator[Server]:
    with running(app) as server:
        yield server


@pytest.fixture
def guarded(own_store: Store, own_folder: Path, conversations: Conversations) -> Iterator[Server]:
    """A server that demands the token."""
    visitors = Visitors(token=lambda: TOKEN)
    assistant = fill(own_store, own_folder)
    with running(create_app(assistant, conversations, visitors=visitors, limits=LIMITS)) as server:
        yield server


def kept_by(server: Server) -> list[int]:
    """Return how much of its body each connection has kept, in bytes."""
    channels = list(server._waitress.active_channels.values())
    parsers = [parser for each in channels for parser in (each.request, *each.requests) if parser]
    return [len(parser.body_rcv) for parser in parsers if parser.body_rcv is not None]


def test_one_who_sends_a_byte_at_a_time_holds_nobody_up(server: Server) -> None:
    slow = [open_socket(server) for _ in range(12)]
    request = ASK + f"Content-Length: {len(BODY)}\r\nConnection: close\r\n\r\n".encode() + BODY
    for byte in request:
        for connection in slow:
            connection.sendall(bytes([byte]))
        if byte % 16 == 0:
            assert get(server, "/health")[0] == 200
    for connection in slow:
        with connection:
            status, body = answer_to(connection)
            assert (status, json.loads(body)["answer"]) == (200, "Rome")


def test_one_who_reads_slowly_holds_nobody_up(app: Flask) -> None:
    app.add_url_rule("/large", view_func=lambda: b"word " * 4_000_000)  # no buffer takes it all
    with running(app) as server, ExitStack() as opened:
        for _ in range(12):  # more than there are threads for pages
            connection = opened.enter_context(open_socket(server))
            connection.sendall(b"GET /large HTTP/1.0\r\nHost: localhost\r\n\r\n")
            assert connection.recv(9) == b"HTTP/1.0 "
        for _ in range(5):
            assert get(server, "/documents")[0] == 200
        assert len(b"".join(iter(lambda: connection.recv(2**20), b""))) > 20_000_000


def test_one_who_takes_too_long_to_send_is_cut_off(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Channel, "patience", 0.2)
    with open_socket(server) as headers, open_socket(server) as body:
        headers.sendall(ASK)
        body.sendall(ASK + b"Content-Length: 50\r\n\r\n{")
        assert headers.recv(100) == b""
        assert body.recv(100) == b""
    assert get(server, "/health")[0] == 200


def test_one_who_takes_nothing_of_the_answer_is_cut_off(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Channel, "patience_unread", 0.2)
    app.add_url_rule("/large", view_func=lambda: b"word " * 4_000_000)
    with running(app) as server, open_socket(server) as connection:
        connection.sendall(2 * b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
        wait_until(lambda: server._waitress.active_channels)
        wait_until(lambda: not server._waitress.active_channels)
        assert get(server, "/health")[0] == 200


@pytest.mark.parametrize("end", [b"", b"0\r\n"], ids=["a chunk's size", "what follows the last"])
def test_a_chunk_whose_frame_has_no_end_is_refused(server: Server, end: bytes) -> None:
    with open_socket(server) as connection:
        connection.sendall(ASK + b"Transfer-Encoding: chunked\r\n\r\n" + end + b"1" * 6_000)
        assert answer_to(connection)[0] == 400
    assert get(server, "/health")[0] == 200


def test_what_is_dropped_buys_no_time(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Channel, "patience", 0.2)
    monkeypatch.setattr("web.receiving.SLOWEST", 1_000_000)  # else headers may take minutes
    with open_socket(server) as connection:
        connection.sendall(ASK + b"Content-Length: 90000\r\n\r\n" + b"q" * 89_999)
        assert connection.recv(100) == b""


def test_when_connections_run_out_those_that_wait_longest_are_closed(server: Server) -> None:
    with ExitStack() as opened:
        idle = [opened.enter_context(open_socket(server)) for _ in range(LIMITS.connections)]
        for connection in idle[8:]:
            connection.sendall(ASK)
        for _ in range(5):
            assert get(server, "/health")[0] == 200
        assert idle[0].recv(1) == b""


@pytest.mark.parametrize(
    "request_",
    [
        ASK + b"Content-Length: 90000\r\nConnection: close\r\n\r\n" + b"q" * 90000,
        ASK
        + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        + b"384\r\n" + b"q" * 900 + b"\r\n" + b"384\r\n" + b"q" * 900 + b"\r\n0\r\n\r\n",
    ],
)  # fmt: skip
def test_a_body_that_is_too_large_is_refused_and_not_kept(server: Server, request_: bytes) -> None:
    with open_socket(server) as connection:
        connection.sendall(request_[:-1])
        wait_until(lambda: bool(kept_by(server)))
        sleep(0.2)
        assert max(kept_by(server)) <= LIMITS.largest_body
        connection.sendall(request_[-1:])
        assert code_of(answer_to(connection)) == (413, "too_large")


def test_a_small_body_may_come_in_chunks(server: Server) -> None:
    chunk = f"{len(BODY):x}\r\n".encode() + BODY + b"\r\n0\r\n\r\n"
    with open_socket(server) as connection:
        connection.sendall(ASK + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + chunk)
        assert answer_to(connection)[0] == 200


def test_more_files_than_are_taken_at_a_time_are_refused_and_not_kept(server: Server) -> None:
    upload = make_upload(50_000)
    with open_socket(server) as first, open_socket(server) as second:
        first.sendall(upload[:-1])
        wait_until(lambda: kept_by(server) == [len(upload.partition(b"\r\n\r\n")[2]) - 1])
        second.sendall(upload)
        assert code_of(answer_to(second)) == (503, "unavailable")
        first.sendall(upload[-1:])
        assert answer_to(first)[0] == 201
    with open_socket(server) as third:
        third.sendall(upload)
        assert answer_to(third)[0] == 200


def test_one_who_leaves_while_sending_a_file_makes_room(server: Server) -> None:
    upload = make_upload(50_000)
    with open_socket(server) as first:
        first.sendall(upload[:-1])
        wait_until(lambda: bool(kept_by(server)))
    wait_until(lambda: not kept_by(server))
    with open_socket(server) as second:
        second.sendall(upload)
        assert answer_to(second)[0] == 201


def test_a_file_that_is_too_large_is_named_as_one(server: Server) -> None:
    with open_socket(server) as connection:
        connection.sendall(make_upload(300_000))
        assert code_of(answer_to(connection)) == (413, "oversized_document")


def test_no_stranger_fills_the_disk(guarded: Server) -> None:
    upload = make_upload(50_000)
    with open_socket(guarded) as stranger:
        stranger.sendall(upload[:-1])
        wait_until(lambda: bool(kept_by(guarded)))
        sleep(0.2)
        assert kept_by(guarded) == [0]
        stranger.sendall(upload[-1:])
        assert code_of(answer_to(stranger)) == (401, "unauthorized")
    with open_socket(guarded) as owner:
        owner.sendall(make_upload(50_000, f"Authorization: Bearer {TOKEN}"))
        assert answer_to(owner)[0] == 201


def test_the_header_of_a_refusal_is_ours_alone(server: Server) -> None:
    assert get(server, "/health", **{"X-Upload-Refused": "1"})[0] == 200


def test_a_malformed_request_is_logged(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "web")
    with open_socket(server) as connection:
        connection.sendall(b"GET\r\n\r\n")
        assert answer_to(connection)[0] == 400
    assert "a malformed request from 127.0.0.1: 400 Bad Request" in caplog.text


def test_connections_beyond_the_limit_wait_for_those_at_work(
    assistant: Assistant, conversations: Conversations, reader: WaitingReader
) -> None:
    limits = Limits(connections=2)
    app = create_app(Assistant(assistant.store, None, reader), conversations, limits=limits)
    with running(app) as server, ExitStack() as opened:
        for _ in range(2):
            asking = opened.enter_context(open_socket(server))
            asking.sendall(ASK + f"Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY)
            assert reader.begun.acquire(timeout=PATIENCE)
        with open_socket(server) as third:
            third.sendall(b"GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n")
            third.settimeout(0.3)
            with pytest.raises(TimeoutError):
                third.recv(1)
            third.settimeout(30)
            reader.goes_on.set()
            assert answer_to(third)[0] == 200
