from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from openapi_schema_validator import OAS31Validator
from werkzeug.test import TestResponse

from assistant.conversation.conversations import Conversations
from assistant.conversation.feedback import Feedback, Judgement, Place, Verdict
from tests.web.making import COUNCIL, COUNCIL_ID

ROME = COUNCIL.index("Rome had")
HERE = {"verdict": "here", "document_id": COUNCIL_ID, "source_ranges": [[ROME, ROME + 4]]}


@pytest.fixture
def address(client: FlaskClient) -> str:
    """Ask a question, and give the address of the feedback on its answer."""
    asked = {"question": "Where did the council meet?"}
    reply = client.post("/ask", json=asked).get_json()
    return f"/conversations/{reply['conversation_id']}/turns/{reply['turn']}/feedback"


def judgement(conversations: Conversations, address: str) -> Judgement | None:
    """Return what is kept of the turn at an address."""
    kept = {
        f"/conversations/{turn.conversation_id}/turns/{turn.number}/feedback": turn.judgement
        for turn in Feedback(conversations.database).judged()
    }
    return kept.get(address)


def refused(response: TestResponse, status: int) -> str:
    """Check that a request was refused, and return why."""
    assert response.status_code == status
    message: str = response.get_json()["error"]["message"]
    return message


@pytest.mark.parametrize("verdict", ["right", "wrong"])
def test_verdict_on_an_answer_is_kept(
    client: FlaskClient, conversations: Conversations, address: str, verdict: str
) -> None:
    reply = client.put(address, json={"verdict": verdict})
    assert reply.get_json() == {"verdict": verdict, "quote": None}
    assert judgement(conversations, address) == Judgement(Verdict(verdict))


def test_selected_place_is_kept_with_the_documents_own_words(
    client: FlaskClient, conversations: Conversations, address: str
) -> None:
    sha256 = client.get(f"/documents/{COUNCIL_ID}").get_json()["sha256"]
    assert client.put(address, json=HERE).get_json() == {"verdict": "here", "quote": "Rome"}
    assert judgement(conversations, address) == Judgement(
        Verdict.HERE, Place(COUNCIL_ID, "council.md", sha256, ((ROME, ROME + 4),), "Rome")
    )


def test_second_verdict_takes_the_place_of_the_first(
    client: FlaskClient, conversations: Conversations, address: str
) -> None:
    client.put(address, json=HERE)
    client.put(address, json={"verdict": "right"})
    assert judgement(conversations, address) == Judgement(Verdict.RIGHT)


def test_verdict_can_be_taken_back_again_and_again(
    client: FlaskClient, conversations: Conversations, address: str
) -> None:
    client.put(address, json=HERE)
    assert client.delete(address).status_code == 204
    assert judgement(conversations, address) is None
    assert client.delete(address).status_code == 204


def test_deleting_a_conversation_deletes_its_feedback_and_taking_back_does_not_delete_it(
    client: FlaskClient, conversations: Conversations, address: str
) -> None:
    conversation = address.removesuffix("/turns/1/feedback")
    client.put(address, json=HERE)
    client.delete(address)
    assert client.get(conversation).status_code == 200
    client.put(address, json=HERE)
    client.delete(conversation)
    assert judgement(conversations, address) is None
    assert "no turn 1" in refused(client.put(address, json=HERE), 404)


@pytest.mark.parametrize("given", ["../etc ü\U0001f600", "a/turns/1/feedback", "100%25"])
def test_conversation_may_have_any_name(
    client: FlaskClient, conversations: Conversations, given: str
) -> None:
    client.post("/ask", json={"question": "Who won?", "conversation_id": given})
    address = f"/conversations/{given.replace('%', '%25')}/turns/1/feedback"
    assert client.put(address, json={"verdict": "right"}).status_code == 200
    assert Feedback(conversations.database).verdicts(given) == {1: Verdict.RIGHT}


@pytest.mark.parametrize("turn", ["0", "2", "9" * 30])
def test_unknown_turn_is_not_found(client: FlaskClient, address: str, turn: str) -> None:
    unknown = address.replace("/turns/1/", f"/turns/{turn}/")
    assert f"no turn {turn}" in refused(client.put(unknown, json={"verdict": "right"}), 404)
    assert f"no turn {turn}" in refused(client.delete(unknown), 404)


def test_unknown_document_is_not_found(client: FlaskClient, address: str) -> None:
    body = {**HERE, "document_id": "nowhere"}
    assert "no such document" in refused(client.put(address, json=body), 404)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({}, "verdict: "),
        ({"verdict": "perhaps"}, "verdict: "),
        ({"verdict": "here"}, "document_id and source_ranges go with"),
        ({"verdict": "here", "document_id": COUNCIL_ID}, "document_id and source_ranges go with"),
        ({"verdict": "here", "source_ranges": [[2, 5]]}, "document_id and source_ranges go with"),
        ({**HERE, "verdict": "right"}, "document_id and source_ranges go with"),
        ({**HERE, "source_ranges": [[5, 5]]}, "source_ranges: 5 to 5 is no range"),
        ({**HERE, "source_ranges": [[-2, 5]]}, "source_ranges: -2 to 5 is no range"),
        ({**HERE, "source_ranges": [[2, 10**6]]}, "source_ranges: 2 to 1000000 is no range"),
        ({**HERE, "source_ranges": [[0, 2]]}, "source_ranges: select the words"),
        ({**HERE, "source_ranges": [[2, 5]] * 101}, "source_ranges: "),
        ({**HERE, "source_ranges": [[2]]}, "source_ranges.0"),
        ({**HERE, "quote": "Paris"}, "quote: "),
    ],
)
def test_malformed_feedback_is_refused_with_the_reason(
    client: FlaskClient,
    conversations: Conversations,
    address: str,
    body: dict[str, Any],
    complaint: str,
) -> None:
    assert complaint in refused(client.put(address, json=body), 400)
    assert judgement(conversations, address) is None


def test_other_sites_cannot_give_feedback(
    client: FlaskClient, conversations: Conversations, address: str
) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}
    refused(client.put(address, json={"verdict": "right"}, headers=foreign), 403)
    assert judgement(conversations, address) is None
    client.put(address, json={"verdict": "wrong"})
    given = judgement(conversations, address)
    refused(client.delete(address, headers=foreign), 403)
    assert given is not None
    assert judgement(conversations, address) == given


@pytest.mark.parametrize("body", [{"verdict": "right"}, HERE])
def test_feedback_is_as_described(client: FlaskClient, address: str, body: dict[str, Any]) -> None:
    components = client.get("/openapi.json").get_json()["components"]
    for name, value in (
        ("FeedbackRequest", body),
        ("FeedbackKept", client.put(address, json=body).get_json()),
    ):
        schema = {"$ref": f"#/components/schemas/{name}", "components": components}
        OAS31Validator(schema).validate(value)
