from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from assistant.answering import Assistant
from assistant.conversation.conversations import Conversations
from web import Visitors, create_app
from web.current import served
from web.readiness import Stage

QUESTION = {"question": "Where did the council meet?"}


@pytest.mark.parametrize("address", ["/", "/health", "/nowhere", "/static/chat.js"])
def test_every_reply_forbids_inline_and_foreign_content(client: FlaskClient, address: str) -> None:
    with client.get(address) as response:
        headers = response.headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; ")
    assert "unsafe" not in policy
    assert "//" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://localhost"},
        {"Origin": "http://localhost:81"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    ],
)
def test_another_site_may_not_ask(client: FlaskClient, headers: dict[str, str]) -> None:
    response = client.post("/ask", json=QUESTION, headers=headers)
    assert response.status_code == 403
    assert response.get_json()["error"]["code"] == "forbidden"


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}]
)
def test_programs_and_our_own_page_may_ask(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.post("/ask", json=QUESTION, headers=headers).status_code == 200


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST"])
def test_this_machines_own_names_are_answered_to(client: FlaskClient, host: str) -> None:
    assert client.get("/documents", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost@evil", ""])
def test_another_host_name_is_refused(client: FlaskClient, host: str) -> None:
    response = client.get("/documents", headers={"Host": host})
    assert response.status_code == 400
    assert response.get_json()["error"]["code"] == "invalid_request"


@pytest.mark.parametrize("host", ["evil.example", "172.17.0.2:8000", ""])
def test_by_any_host_name_it_tells_that_it_is_well_and_no_more(
    app: Flask, client: FlaskClient, host: str
) -> None:
    headers = {"Host": host}
    assert client.get("/health", headers=headers).get_json() == {"status": "ok"}
    assert client.get("/ready", headers=headers).status_code == 503
    served(app).readiness.stage = Stage.READY
    assert client.get("/ready", headers=headers).get_json() == {"status": "ready"}
    assert client.get("/metrics", headers=headers).status_code == 400


def test_any_host_name_is_answered_to_where_none_is_named(
    assistant: Assistant, conversations: Conversations
) -> None:
    app = create_app(assistant, conversations, visitors=Visitors(hosts=()))
    client = app.test_client()
    assert client.get("/documents", headers={"Host": "documents.example"}).status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("documents.example:8000", 200),
        ("DOCUMENTS.example", 200),
        ("localhost", 400),
        ("sub.documents.example", 400),
        ("[", 400),
    ],
)
def test_only_the_host_names_given_are_answered_to(
    assistant: Assistant, conversations: Conversations, host: str, status: int
) -> None:
    visitors = Visitors(hosts=["Documents.example"])
    client = create_app(assistant, conversations, visitors=visitors).test_client()
    assert client.get("/documents", headers={"Host": host}).status_code == status


@pytest.mark.parametrize("escape", ["..%2f..%2fetc%2fpasswd", "%2e%2e", "%00", "a/../../b"])
def test_no_address_leads_out_of_the_index(client: FlaskClient, escape: str) -> None:
    assert client.get(f"/documents/{escape}").status_code == 404
    assert client.get(f"/static/{escape}").status_code == 404
