from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from io import StringIO

import pytest
from flask.testing import FlaskClient

from assistant.answering import Assistant
from assistant.conversation.conversations import Conversations
from web import Visitors, create_app
from web.current import served
from web.logs import make_handler

QUESTION = {"question": "Where did the council meet?"}
TOKEN = "the-token-of-these-tests_0123456789"


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
