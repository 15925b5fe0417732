"""The JSON interface: asking, health and the description of itself."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import asdict
from uuid import uuid4

from flask import Blueprint, Response, jsonify, request

from assistant import records
from index.errors import IndexFolderError
from web import openapi
from web.bodies import read_body, reply
from web.current import assistant, conversations
from web.events import EVENT_STREAM, Event, stream
from web.schema.asking import AskRequest, AskResponse, Found, Understood
from web.schema.documents import Health

api = Blueprint("api", __name__)
_logger = logging.getLogger(__name__)


@api.post("/ask")
def ask() -> Response:
    """Answer a question, or decline; what it leaves out is understood from its conversation.

    A client that accepts an event stream is told step by step.
    """
    asked = read_body(AskRequest)
    conversation_id = asked.conversation_id or uuid4().hex
    question = records.Question(
        text=asked.question,
        top_k=asked.top_k,
        max_error=asked.max_error,
        documents=asked.documents,
        history=() if asked.as_written else conversations().history(conversation_id),
    )
    if request.accept_mimetypes.best == EVENT_STREAM:
        response = stream(_events(question, conversation_id))
    else:
        response = reply(_kept(assistant().ask(question), conversation_id))
    response.vary.add("Accept")
    return response


@api.get("/health")
def health() -> Response:
    """Tell that the server answers, and from what."""
    with assistant().store.catalogue.reading() as rows:
        counts = rows.counts()
        return reply(
            Health(
                status="ok",
                documents=counts.documents,
                passages=counts.passages,
                generation=rows.state.generation,
            )
        )


@api.get("/openapi.json")
def describe() -> Response:
    """Describe this interface."""
    return jsonify(openapi.build())


def _events(question: records.Question, conversation_id: str) -> Iterator[Event]:
    for step in assistant().steps(question):
        if isinstance(step, records.Understood):
            yield "understood", Understood(**asdict(step), conversation_id=conversation_id)
        elif isinstance(step, records.Found):
            yield "passages", Found(**asdict(step))
        else:
            yield "answer", _kept(step, conversation_id)


def _kept(answer: records.Answer, conversation_id: str) -> AskResponse:
    """Keep an answer in its conversation and return it as the reply."""
    turn = None
    try:
        turn = conversations().add(conversation_id, answer)
    except IndexFolderError as error:
        _logger.warning("a turn is not kept: %s", error)  # the answer stands all the same
    return AskResponse(**answer.as_json(), conversation_id=conversation_id, turn=turn)
