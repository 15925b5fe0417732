from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import TooManyRequests

from assistant.answering import Assistant
from assistant.conversation.conversations import Conversations
from assistant.records import Answer, Question
from index.errors import EmbedderError, IndexLockedError, SourceChangedError
from tests.web.making import SCRIPT_ID, QuoteReader
from web import Limits, create_app

COUNCIL_QUESTION = {"question": "Where did the council meet?"}


def error_of(response: Any, status: int) -> dict[str, str]:
    assert response.status_code == status
    assert response.mimetype == "application/json"
    error: dict[str, str] = response.get_json()["error"]
    assert set(error) == {"code", "message"}
    return error


def test_an_answer_is_the_assistants_own_json_with_a_conversation(
    client: FlaskClient, assistant: Assistant
) -> None:
    reply = client.post("/ask", json=COUNCIL_QUESTION).get_json()
    assert re.fullmatch("[0-9a-f]{32}", reply.pop("conversation_id"))
    assert (reply.pop("turn"), reply.pop("documents")) == (1, [])
    expected = assistant.ask(Question(COUNCIL_QUESTION["question"])).as_json()
    assert list(reply) == list(expected)
    assert reply.pop("timings_ms").keys() == expected.pop("timings_ms").keys()
    assert reply == json.loads(json.dumps(expected))


def test_a_citation_slices_the_source_text(client: FlaskClient) -> None:
    reply = client.post("/ask", json=COUNCIL_QUESTION).get_json()
    (citation,) = reply["citations"]
    source = client.get(f"/documents/{citation['document_id']}/source").get_data().decode()
    assert [source[start:end] for start, end in citation["source_ranges"]] == ["Rome"]
    assert reply["answer"] == citation["quote"] == "Rome"


@pytest.mark.parametrize(
    "given", ["0123456789abcdef" * 2, "c", "../etc \u00fc\U0001f600", "A" * 128]
)
def test_a_given_conversation_is_kept(client: FlaskClient, given: str) -> None:
    reply = client.post("/ask", json=COUNCIL_QUESTION | {"conversation_id": given})
    assert reply.get_json()["conversation_id"] == given


def test_the_bounds_of_a_question_are_kept(client: FlaskClient) -> None:
    def ask(**bounds: Any) -> Any:
        return client.post("/ask", json=COUNCIL_QUESTION | bounds).get_json()

    assert len(ask()["passages"]) > 1
    assert len(ask(top_k=1)["passages"]) == 1
    assert ask(documents=[SCRIPT_ID])["citations"] == []
    assert ask(max_error=0.1)["answer"] == "Rome"
    assert ask(max_error=0.05)["reason"] == "not_answered"


def test_the_question_is_stripped(client: FlaskClient) -> None:
    assert client.post("/ask", json={"question": "  Who? \n"}).get_json()["question"] == "Who?"


def test_an_abstention_is_a_reply_like_any_other(client: FlaskClient) -> None:
    response = client.post("/ask", json={"question": "Who won?"})
    assert response.status_code == 200
    reply = response.get_json()
    assert (reply["answer"], reply["abstained"], reply["citations"]) == ("", True, [])
    assert reply["reason"] == "nothing_near"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "question"),
        ({"question": ""}, "question"),
        ({"question": " \t\n"}, "question"),
        ({"question": "q" * 2001}, "question"),
        ({"question": 7}, "question"),
        ({"question": None}, "question"),
        ({"question": "q", "top_k": 0}, "top_k"),
        ({"question": "q", "top_k": 51}, "top_k"),
        ({"question": "q", "top_k": "5"}, "top_k"),
        ({"question": "q", "top_k": True}, "top_k"),
        ({"question": "q", "max_error": -0.1}, "max_error"),
        ({"question": "q", "max_error": 1.1}, "max_error"),
        ({"question": "q", "documents": "all"}, "documents"),
        ({"question": "q", "documents": [1]}, "documents.0"),
        ({"question": "q", "conversation_id": ""}, "conversation_id"),
        ({"question": "q", "conversation_id": "A" * 129}, "conversation_id"),
        ({"question": "q", "conversation_id": "a\nb"}, "conversation_id"),
        ({"question": "q", "conversation_id": "a\x00"}, "conversation_id"),
        ({"question": "q", "conversation_id": 7}, "conversation_id"),
        ({"question": "q", "temperature": 1}, "temperature"),
    ],
)
def test_a_wrong_field_is_named(client: FlaskClient, body: dict[str, Any], field: str) -> None:
    error = error_of(client.post("/ask", json=body), 400)
    assert error["code"] == "invalid_request"
    assert error["message"].startswith(f"{field}: ")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"q"', b"\xff", b'{"question": "\\ud800"}', b"[" * 50_000]
)
def test_malformed_json_is_a_bad_request(client: FlaskClient, body: bytes) -> None:
    response = client.post("/ask", data=body, content_type="application/json")
    assert error_of(response, 400)["code"] == "invalid_request"


def test_not_a_number_is_no_error_rate(client: FlaskClient) -> None:
    body = b'{"question": "q", "max_error": NaN}'
    response = client.post("/ask", data=body, content_type="application/json")
    assert error_of(response, 400)["message"].startswith("max_error: ")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.fixed_dictionaries(
        {"question": st.text() | _JSON},
        optional={
            "top_k": st.integers(-1, 60) | _JSON,
            "max_error": st.floats() | _JSON,
            "documents": st.lists(st.just(SCRIPT_ID) | st.text(), max_size=2) | _JSON,
            "conversation_id": st.text() | _JSON,
        },
    )
)
def test_whatever_is_asked_gets_an_answer_or_is_refused_with_a_reason(
    assistant: Assistant, conversations: Conversations, body: dict[str, Any]
) -> None:
    response = create_app(assistant, conversations).test_client().post("/ask", json=body)
    reply = response.get_json()
    if response.status_code == 200:
        assert reply["abstained"] is (reply["citations"] == [])
    else:
        assert (response.status_code, reply["error"]["code"]) in [
            (400, "invalid_request"),
            (404, "unknown_document"),
        ]
        assert reply["error"]["message"]


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_only_json_is_taken(client: FlaskClient, content_type: str | None) -> None:
    response = client.post("/ask", data=b'{"question": "q"}', content_type=content_type)
    assert error_of(response, 415)["code"] == "unsupported_media_type"


def test_a_body_over_the_limit_is_refused(
    assistant: Assistant, conversations: Conversations
) -> None:
    client = create_app(assistant, conversations, limits=Limits(largest_body=100)).test_client()
    assert client.post("/ask", json={"question": "q" * 60}).status_code == 200
    error = error_of(client.post("/ask", json={"question": "q" * 100}), 413)
    assert error["code"] == "too_large"


def test_an_unknown_document_is_not_found(client: FlaskClient) -> None:
    response = client.post("/ask", json={"question": "q", "documents": ["nowhere"]})
    error = error_of(response, 404)
    assert error["code"] == "unknown_document"
    assert error["message"].startswith("there is no such document in the index")


def test_asking_by_get_is_not_allowed(client: FlaskClient) -> None:
    response = client.get("/ask")
    assert error_of(response, 405)["code"] == "method_not_allowed"
    assert "POST" in response.headers["Allow"]


def test_an_unknown_address_is_not_found(client: FlaskClient) -> None:
    assert error_of(client.get("/nowhere"), 404)["code"] == "not_found"


@pytest.mark.parametrize(
    ("raised", "status", "code"),
    [
        (SourceChangedError("council.md: index it again"), 409, "source_changed"),
        (IndexLockedError("process 7 is writing"), 409, "index_locked"),
        (EmbedderError("/secret/weights are damaged"), 503, "embedder_unavailable"),
        (RuntimeError("/secret/internals"), 500, "internal_error"),
        (TooManyRequests(retry_after=5), 429, "too_many_requests"),
    ],
)
def test_an_error_has_its_status_and_code(
    assistant: Assistant,
    conversations: Conversations,
    raised: Exception,
    status: int,
    code: str,
) -> None:
    class Failing(Assistant):
        def ask(self, question: Question) -> Answer:
            raise raised

    failing = Failing(assistant.store, None, QuoteReader())
    response = create_app(failing, conversations).test_client().post("/ask", json=COUNCIL_QUESTION)
    error = error_of(response, status)
    assert error["code"] == code
    assert "secret" not in response.get_data(as_text=True)
    assert response.headers.get("Retry-After") == ("5" if status == 429 else None)


def test_an_error_in_a_browser_is_a_page(app: Flask) -> None:
    response = app.test_client().get("/nowhere", headers={"Accept": "text/html,*/*;q=0.8"})
    assert response.status_code == 404
    assert response.mimetype == "text/html"
    assert "<h1>Not Found</h1>" in response.get_data(as_text=True)


def test_follow_up_question_is_understood_from_its_conversation(client: FlaskClient) -> None:
    first = client.post("/ask", json={"question": "Where was the Founding Act signed?"}).get_json()
    follow_up = {"question": "When was it signed?"}
    alone = client.post("/ask", json=follow_up).get_json()
    assert alone["understood_as"] == "When was it signed?"
    again = {**follow_up, "conversation_id": first["conversation_id"]}
    reply = client.post("/ask", json=again).get_json()
    assert reply["question"] == "When was it signed?"
    assert reply["understood_as"].startswith("When was the Founding Act signed?")


def events_of(response: Any) -> list[tuple[str, Any]]:
    """Read server-sent events: their names and data."""
    assert response.mimetype == "text/event-stream"
    written = response.get_data(as_text=True)
    assert written.endswith("\n\n")
    found = [event.split("\n") for event in written.removesuffix("\n\n").split("\n\n")]
    return [
        (name.removeprefix("event: "), json.loads(data.removeprefix("data: ")))
        for name, data in found
    ]


def test_an_event_stream_tells_the_question_then_the_passages_then_the_same_answer(
    client: FlaskClient,
) -> None:
    body = COUNCIL_QUESTION | {"conversation_id": "streamed"}
    response = client.post("/ask", json=body, headers={"Accept": "text/event-stream"})
    (one, understood), (two, found), (three, answer) = events_of(response)
    assert (one, two, three) == ("understood", "passages", "answer")
    assert understood == {
        "question": "Where did the council meet?",
        "understood_as": "Where did the council meet?",
        "conversation_id": "streamed",
    }
    assert found == {"passages": answer["passages"]}
    plain = client.post("/ask", json=COUNCIL_QUESTION).get_json()
    told_apart = ("conversation_id", "timings_ms")
    assert {k: v for k, v in answer.items() if k not in told_apart} == {
        k: v for k, v in plain.items() if k not in told_apart
    }


def test_what_fails_in_the_middle_of_a_stream_is_its_last_event(client: FlaskClient) -> None:
    body = COUNCIL_QUESTION | {"documents": ["none"]}
    response = client.post("/ask", json=body, headers={"Accept": "text/event-stream"})
    (first, _), (last, data) = events_of(response)
    assert (first, last) == ("understood", "error")
    assert data["error"]["code"] == "unknown_document"


def test_a_malformed_question_is_refused_before_any_event(client: FlaskClient) -> None:
    response = client.post("/ask", json={}, headers={"Accept": "text/event-stream"})
    assert error_of(response, 400)["code"] == "invalid_request"


def test_a_question_can_be_taken_as_it_is_written(client: FlaskClient) -> None:
    def understood(question: str, **bounds: Any) -> Any:
        body = {"question": question, "conversation_id": "as written"}
        return client.post("/ask", json=body | bounds).get_json()["understood_as"]

    understood("Where did the council meet?")
    assert understood("When?") == "When did the council meet?"
    assert understood("When?", as_written=True) == "When?"
