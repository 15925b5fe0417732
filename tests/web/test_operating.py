from __future__ import annotations

import json
import logging
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from threading import Thread
from time import monotonic

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from assistant.answering import Assistant
from assistant.conversation.conversations import Conversations
from index.errors import IndexDamagedError
from index.store import Store
from tests.assistant.command import run
from tests.waiting import wait_until
from tests.web.making import fill
from tests.web.running import PATIENCE, WaitingReader, address_of, connect, open_socket
from web import Visitors, create_app
from web.current import served
from web.logs import make_handler
from web.readiness import Stage
from web.serving import Server, bind

QUESTION = {"question": "Where did the council meet?"}
TOKEN = "the-token-of-these-tests_0123456789"


def counted(client: FlaskClient) -> dict[str, float]:
    """Return all figures, by name and labels."""
    told = client.get("/metrics").get_data(as_text=True)
    return {
        sample.name + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
    }


def test_questions_answers_and_abstentions_are_counted(client: FlaskClient) -> None:
    assert counted(client)["assistant_questions_total"] == 0
    for question in (QUESTION["question"], "Who won?", "What is disputed in council?"):
        client.post("/ask", json={"question": question})
    with client.post("/ask", json=QUESTION, headers={"Accept": "text/event-stream"}) as response:
        assert "event: answer" in response.get_data(as_text=True)
    figures = counted(client)
    assert figures["assistant_questions_total"] == 4
    assert figures["assistant_abstentions_total nothing_near"] == 1
    assert figures["assistant_answer_seconds_count"] == 4
    assert figures["assistant_answer_seconds_bucket +Inf"] == 4
    assert 0 < figures["assistant_answer_seconds_sum"] < 60


def test_the_index_and_the_queue_are_told(client: FlaskClient) -> None:
    figures, health = counted(client), client.get("/health").get_json()
    for name in ("generation", "documents", "passages"):
        assert figures[f"assistant_index_{name}"] == health[name] > 0
    assert figures["assistant_answering"] == figures["assistant_waiting"] == 0


def test_requests_are_counted_by_route_and_errors_by_code(client: FlaskClient) -> None:
    for address in ("/documents/a", "/documents/b", "/nowhere", "/also-nowhere"):
        client.get(address)
    client.post("/ask", json={"question": ""})
    with client.get("/static/chat.js"):
        pass
    figures = counted(client)
    assert figures["assistant_requests_total /documents/<document_id> 404"] == 2
    assert figures["assistant_requests_total none 404"] == 2
    assert figures["assistant_requests_total /static/<path:filename> 200"] == 1
    assert figures["assistant_errors_total unknown_document"] == 2
    assert figures["assistant_errors_total not_found"] == 2
    assert figures["assistant_errors_total invalid_request"] == 1


def test_an_error_that_is_told_in_a_stream_is_counted(client: FlaskClient) -> None:
    body = QUESTION | {"documents": ["none"]}
    with client.post("/ask", json=body, headers={"Accept": "text/event-stream"}) as response:
        assert "event: error" in response.get_data(as_text=True)
    assert counted(client)["assistant_errors_total unknown_document"] == 1


def test_applications_share_no_figures(
    assistant: Assistant, conversations: Conversations, client: FlaskClient
) -> None:
    client.post("/ask", json=QUESTION)
    other = create_app(assistant, conversations).test_client()
    assert counted(other)["assistant_questions_total"] == 0


def test_a_server_is_ready_between_starting_and_stopping(app: Flask, client: FlaskClient) -> None:
    for stage, status in ((Stage.STARTING, 503), (Stage.READY, 200), (Stage.STOPPING, 503)):
        served(app).readiness.stage = stage
        response = client.get("/ready")
        assert response.status_code == status
        assert client.get("/health").status_code == 200
    assert response.get_json()["error"]["message"] == "The server is stopping."
    assert "Retry-After" in response.headers


def test_a_server_whose_index_cannot_be_read_is_not_ready(
    own_store: Store,
    own_folder: Path,
    conversations: Conversations,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = create_app(fill(own_store, own_folder), conversations)
    served(app).readiness.stage = Stage.READY
    client = app.test_client()
    assert client.get("/ready").get_json() == {"status": "ready"}

    def fail() -> None:
        raise IndexDamagedError("catalogue.sqlite is damaged")

    monkeypatch.setattr(own_store.catalogue, "reading", fail)
    response = client.get("/ready")
    assert (response.status_code, "catalogue" in response.get_data(as_text=True)) == (503, False)
    assert counted(client)["assistant_requests_total /ready 503"] == 1  # the rest is still told


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What a JSON log of everything holds."""
    written = StringIO()
    handler = make_handler("json")
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def lines_of(log: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_each_request_is_one_line_with_its_id(client: FlaskClient, log: StringIO) -> None:
    response = client.get("/documents/none?ranges=1-2", environ_overrides={"REMOTE_ADDR": "::1"})
    (line,) = lines_of(log)
    assert re.fullmatch("[0-9a-f]{16}", response.headers["X-Request-Id"])
    assert line["request_id"] == response.headers["X-Request-Id"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/documents/none", 404)
    assert (line["route"], line["client"]) == ("/documents/<document_id>", "::1")
    assert (line["level"], line["logger"]) == ("INFO", "web.logs")
    assert isinstance(line["milliseconds"], float)
    assert "ranges" not in log.getvalue()


def test_a_stream_is_logged_when_it_has_ended(client: FlaskClient, log: StringIO) -> None:
    with client.post("/ask", json=QUESTION, headers={"Accept": "text/event-stream"}) as response:
        assert lines_of(log) == []
        assert "event: answer" in response.get_data(as_text=True)
    assert [line["path"] for line in lines_of(log)] == ["/ask"]


def test_what_clients_choose_begins_no_line_of_its_own(client: FlaskClient) -> None:
    written = StringIO()
    handler = make_handler("text")
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    logger = logging.getLogger("web")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    client.application.config["LOG_QUESTIONS"] = True
    client.get("/nowhere%0AERROR%20forged")
    client.post("/ask", json={"question": "Who?\nERROR forged"})
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)
    lines = written.getvalue().splitlines()
    assert len(lines) == 2
    assert "GET /nowhere%0AERROR%20forged 404" in lines[0]
    assert r"'Who?\nERROR forged'" in lines[1]


def test_neither_questions_nor_documents_nor_tokens_are_logged(
    assistant: Assistant, conversations: Conversations, log: StringIO
) -> None:
    app = create_app(assistant, conversations, visitors=Visitors(token=lambda: TOKEN))
    client = app.test_client()
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert client.post("/ask", json=QUESTION, headers=bearer).get_json()["answer"] == "Rome"
    with client.post("/ask", json=QUESTION, headers={**bearer, "Accept": "text/event-stream"}) as r:
        assert "Rome" in r.get_data(as_text=True)
    client.post("/ask", json=QUESTION, headers={"Authorization": "Bearer wrong-secret"})
    client.get("/documents?token=wrong-secret", headers=bearer)
    signed = client.post("/sign-in", data={"token": TOKEN})
    cookie = signed.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    client.get("/documents")
    client.post("/sign-in", data={"token": "wrong-secret"})
    assert len(lines_of(log)) == 7
    for secret in (TOKEN, cookie, "wrong-secret", "council", "Rome", "Authorization"):
        assert secret not in log.getvalue()


def test_questions_are_logged_where_that_is_asked_for(client: FlaskClient, log: StringIO) -> None:
    client.application.config["LOG_QUESTIONS"] = True
    client.post("/ask", json=QUESTION)
    (line,) = lines_of(log)
    assert line["question"] == QUESTION["question"]
    assert "Rome" not in log.getvalue()


def test_a_traceback_bears_the_id_of_its_request(
    client: FlaskClient, log: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(served(client.application).questions, "turn", fail)
    response = client.post("/ask", json=QUESTION)
    assert response.status_code == 500
    failed, line = lines_of(log)
    assert "ZeroDivisionError" in str(failed["exc_info"])
    assert failed["request_id"] == line["request_id"] == response.headers["X-Request-Id"]


@pytest.fixture
def reader() -> Iterator[WaitingReader]:
    reader = WaitingReader()
    yield reader
    reader.goes_on.set()


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


def test_what_another_process_commits_is_answered_from_at_once(
    own_store: Store, own_folder: Path, conversations: Conversations
) -> None:
    client = create_app(fill(own_store, own_folder), conversations).test_client()
    body = QUESTION | {"max_error": 1}
    before = client.post("/ask", json=body).get_json()
    (own_folder / "new.txt").write_text("The council met in Rome again, says a new file.\n")
    done = run("index", str(own_folder), "--index", str(own_store.folder), folder=own_folder.parent)
    assert done.returncode == 0, done.stderr
    after = client.post("/ask", json=body).get_json()
    assert after["generation"] > before["generation"]
    paths = [passage["path"] for passage in after["passages"]]
    assert "new.txt" in paths
    assert "new.txt" not in [passage["path"] for passage in before["passages"]]
    assert client.get("/health").get_json()["documents"] == 4


def test_importing_the_application_loads_no_model_library() -> None:
    program = "import sys, web, web.serving; print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True,
        cwd=Path(__file__).parent.parent.parent,
    )  # fmt: skip
    assert done.stdout.strip() == "False"
