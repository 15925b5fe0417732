from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from flask.testing import FlaskClient
from openapi_schema_validator import OAS31Validator

from assistant.answering import Assistant
from assistant.conversation.conversations import Conversations
from assistant.suggester import Suggester
from index.documents import document_id
from index.ingest import index
from index.store import Store
from tests.assistant.known_answers import KnownAnswers
from tests.waiting import wait_until
from web import create_app

PIER = "When was the Harwick pier opened?"


@pytest.fixture
def reader() -> KnownAnswers:
    return KnownAnswers({PIER: ("12 June 1861", 2.0)})


@pytest.fixture
def suggester(own_store: Store, reader: KnownAnswers) -> Iterator[Suggester]:
    with closing(Suggester(Assistant(own_store, None, reader))) as suggester:
        yield suggester


@pytest.fixture
def suggesting(
    own_store: Store, conversations: Conversations, reader: KnownAnswers, suggester: Suggester
) -> FlaskClient:
    """A client of an application that suggests questions, over an index that is still empty."""
    assistant = Assistant(own_store, None, reader)
    return create_app(assistant, conversations, suggester=suggester).test_client()


def open_pier(store: Store, folder: Path) -> None:
    (folder / "harbour").mkdir()
    (folder / "harbour" / "pier.txt").write_text("The Harwick pier was opened on 12 June 1861.\n")
    list(index(store, [folder / "harbour"], embedder=None))


def wait_for(client: FlaskClient) -> dict[str, Any]:
    """Get suggestions until they are found."""
    wait_until(lambda: not client.get("/questions").get_json()["pending"])
    return dict(client.get("/questions").get_json())


def test_questions_that_the_documents_answer_are_suggested(
    suggesting: FlaskClient, own_store: Store, tmp_path: Path
) -> None:
    open_pier(own_store, tmp_path)
    assert wait_for(suggesting) == {
        "questions": [
            {
                "question": PIER,
                "document_id": document_id("harbour", "pier.txt"),
                "title": "pier",
            }
        ],
        "generation": own_store.generation,
        "pending": False,
    }


def test_an_empty_index_suggests_nothing_and_what_is_added_is_suggested(
    suggesting: FlaskClient, own_store: Store, tmp_path: Path
) -> None:
    assert wait_for(suggesting)["questions"] == []
    open_pier(own_store, tmp_path)
    assert [one["question"] for one in wait_for(suggesting)["questions"]] == [PIER]


def test_an_application_without_a_suggester_suggests_nothing(client: FlaskClient) -> None:
    reply = client.get("/questions")
    assert reply.get_json() == {"questions": [], "generation": 0, "pending": False}


def test_a_question_that_is_asked_goes_before_those_that_are_tried_out(
    suggesting: FlaskClient,
    own_store: Store,
    reader: KnownAnswers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("assistant.suggester._QUIET", 60.0)
    open_pier(own_store, tmp_path)
    suggesting.post("/ask", json={"question": "Who built it?"})
    assert suggesting.get("/questions").get_json()["pending"]
    sleep(0.5)  # in which one would have been tried out
    assert reader.asked == ["Who built it?"]


def test_what_is_sent_is_as_described(suggesting: FlaskClient) -> None:
    described = suggesting.get("/openapi.json").get_json()
    schema = {"$ref": "#/components/schemas/SuggestionList", "components": described["components"]}
    OAS31Validator(schema).validate(wait_for(suggesting))
