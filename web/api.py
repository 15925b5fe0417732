"""The JSON interface: asking, health and the description of itself."""

from __future__ import annotations

import logging
from uuid import uuid4

from flask import Blueprint, Response, jsonify

from assistant.records import Question
from index.errors import IndexFolderError
from web import openapi
from web.bodies import read_body, reply
from web.current import assistant, conversations
from web.schema.asking import AskRequest, AskResponse
from web.schema.documents import Health

api = Blueprint("api", __name__)
_logger = logging.getLogger(__name__)


@api.post("/ask")
def ask() -> Response:
    """Answer a question, or decline; what it leaves out is understood from its conversation."""
    asked = read_body(AskRequest)
    conversation_id = asked.conversation_id or uuid4().hex
    answer = assistant().ask(
        Question(
            text=asked.question,
            top_k=asked.top_k,
            max_error=asked.max_error,
            documents=asked.documents,
            history=conversations().history(conversation_id),
        )
    )
    try:
        conversations().add(conversation_id, answer)
    except IndexFolderError as error:
        _logger.warning("a turn is not kept: %s", error)  # the answer stands all the same
    return reply(AskResponse(**answer.as_json(), conversation_id=conversation_id))


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
