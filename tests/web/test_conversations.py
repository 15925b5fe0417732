from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from assistant.answering import Assistant
from assistant.conversation.conversations import CONVERSATIONS_FILE, Conversations
from assistant.conversation.sealing import seal
from tests.web.making import COUNCIL_ID
from web import create_app

JSON = {"Accept": "application/json"}


@pytest.fixture
def client(assistant: Assistant, tmp_path: Any) -> Any:
    """A client whose conversations no other test has seen."""
    kept = Conversations(tmp_path)
    yield create_app(assistant, kept).test_client()
    kept.close()


def ask(client: FlaskClient, question: str, conversation_id: str) -> dict[str, Any]:
    """Ask a question by itself: what it could mean after others is not at issue here."""
    body = {"question": question, "conversation_id": conversation_id, "as_written": True}
    reply: dict[str, Any] = client.post("/ask", json=body).get_json()
    return reply


def listed(client: FlaskClient, search: str = "") -> list[tuple[str, str, int]]:
    found = client.get("/conversations", query_string={"search": search}).get_json()
    return [(one["id"], one["title"], one["turns"]) for one in found["conversations"]]


def test_conversations_are_listed_by_when_they_were_used_last(client: FlaskClient) -> None:
    assert listed(client) == []
    ask(client, "Where did the\n council meet?", "one")
    ask(client, "Who won?", "two")
    ask(client, "What is the key?", "one")
    assert listed(client) == [("one", "Where did the council meet?", 2), ("two", "Who won?", 1)]


def test_a_search_finds_titles_questions_and_answers_by_their_very_words(
    client: FlaskClient,
) -> None:
    ask(client, "Where did the council meet?", "one")
    ask(client, "Who won 100% of it?", "two")
    assert [found for found, _, _ in listed(client, "ROME")] == ["one"]
    assert [found for found, _, _ in listed(client, "0% of")] == ["two"]
    assert listed(client, "o%of") == []


def test_a_conversation_is_shown_again_as_it_was(client: FlaskClient) -> None:
    asked = [ask(client, question, "one") for question in ("Who?", "Where did the council meet?")]
    again = client.get("/conversations/one", headers=JSON).get_json()
    assert again["replies"] == asked
    assert [reply["turn"] for reply in asked] == [1, 2]
    assert (again["title"], again["turns"]) == ("Who?", 2)


def test_a_kept_answer_tells_within_which_documents_it_was_sought(client: FlaskClient) -> None:
    body = {"question": "Who?", "conversation_id": "one", "documents": [COUNCIL_ID]}
    asked = client.post("/ask", json=body).get_json()
    [again] = client.get("/conversations/one", headers=JSON).get_json()["replies"]
    assert again["documents"] == asked["documents"] == [COUNCIL_ID]


def test_answers_kept_by_format_3_were_sought_within_all_documents(
    client: FlaskClient, tmp_path: Path
) -> None:
    ask(client, "Who?", "one")
    with closing(sqlite3.connect(tmp_path / CONVERSATIONS_FILE)) as database, database:
        [(kept,)] = database.execute("SELECT reply FROM turns")
        reply = json.loads(kept.partition("\n")[0])
        del reply["documents"]
        database.execute("UPDATE turns SET reply = ?", (seal(reply),))
    [again] = client.get("/conversations/one", headers=JSON).get_json()["replies"]
    assert again["documents"] == []


def test_a_browser_gets_the_page_of_a_conversation(client: FlaskClient) -> None:
    ask(client, "Who?", "one")
    html = {"Accept": "text/html,*/*;q=0.8"}
    assert b'id="conversation"' in client.get("/conversations/one", headers=html).data
    assert client.get("/conversations/none", headers=html).status_code == 404


def test_a_conversation_gets_another_title(client: FlaskClient) -> None:
    ask(client, "Who?", "one")
    renamed = client.patch("/conversations/one", json={"title": " People "}).get_json()
    assert renamed["title"] == "People"
    assert listed(client) == [("one", "People", 1)]
    assert client.patch("/conversations/one", json={"title": " "}).status_code == 400
    assert client.patch("/conversations/one", json={"title": "T" * 201}).status_code == 400


def test_a_deleted_conversation_is_forgotten(client: FlaskClient) -> None:
    ask(client, "Where did the council meet?", "one")
    ask(client, "Who?", "two")
    response = client.delete("/conversations/one")
    assert (response.status_code, response.data) == (204, b"")
    assert [found for found, _, _ in listed(client)] == ["two"]
    assert client.get("/conversations/one", headers=JSON).status_code == 404
    assert ask(client, "When?", "one")["turn"] == 1


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_an_unknown_conversation_is_told(client: FlaskClient, method: str) -> None:
    body = {"json": {"title": "T"}} if method == "patch" else {}
    response = getattr(client, method)("/conversations/none", headers=JSON, **body)
    assert response.status_code == 404
    error = response.get_json()["error"]
    assert error["code"] == "unknown_conversation"
    assert error["message"] == "there is no such conversation: it may have been deleted"


def test_an_id_of_the_clients_own_has_an_address(client: FlaskClient) -> None:
    ask(client, "Who?", "a/b c?")
    assert client.get("/conversations/a%2Fb%20c%3F", headers=JSON).get_json()["turns"] == 1
    assert client.get("/conversations/a%2Fb%20c%3F/export.md").mimetype == "text/markdown"


def test_a_conversation_is_written_down_with_its_citations(client: FlaskClient) -> None:
    cited = ask(client, "Where did the council meet?", "one")["citations"][0]
    ask(client, "What is the key?", "one")
    ask(client, "Who won?", "one")
    response = client.get("/conversations/one/export.md")
    assert response.headers["Content-Disposition"] == "attachment; filename=conversation.md"
    written = response.get_data(as_text=True)
    assert written.startswith("# Where did the council meet?\n\n## Where did the council meet?\n")
    (start, end), place = cited["source_ranges"][0], "The council, Its seat, council.md"
    assert "**Rome** (confidence 93%)\n\n> The council met in Rome in May 2002.\n" in written
    assert f"[1] {place}, characters {start}-{end}, SHA-256 {cited['sha256']}\n" in written
    assert "## Who won?\n" in written
    assert written.endswith("\n\nThe documents do not speak of this.\n")
    assert "<script>" not in written
    assert r"\<script\>" in written


def test_conversations_outlive_the_server(assistant: Assistant, app: Flask, tmp_path: Any) -> None:
    for _ in range(2):
        kept = Conversations(tmp_path)
        ask(create_app(assistant, kept).test_client(), "Who?", "one")
        kept.close()
    kept = Conversations(tmp_path)
    assert listed(create_app(assistant, kept).test_client()) == [("one", "Who?", 2)]
    kept.close()
