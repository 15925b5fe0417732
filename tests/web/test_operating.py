from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from assistant.answering import Assistant
from assistant.conversation.conversations import Conversations
from index.errors import IndexDamagedError
from index.store import Store
from tests.assistant.command import run
from tests.web.making import fill
from web import create_app
from web.current import served
from web.readiness import Stage

QUESTION = {"question": "Where did the council meet?"}


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
