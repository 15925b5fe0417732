"""The JSON interface: asking, and the description of itself."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from time import perf_counter
from uuid import uuid4

from flask import Blueprint, Response, g, jsonify, request
from werkzeug.exceptions import BadRequest

from assistant import records
from index.errors import IndexFolderError
from web import openapi
from web.bodies import read_body, reply
from web.current import assistant, conversations, served
from web.events import EVENT_STREAM, Event, stream
from web.schema.asking import AskRequest, AskResponse, Found, Understood

api = Blueprint("api", __name__)
_logger = logging.getLogger(__name__)


@api.post("/ask")
def ask() -> Response:
    """Answer a question, or decline; what it leaves out is understood from its conversation.

    A client that accepts an event stream is told step by step. Too many questions at once are
    refused, whichever form the answer was to have.
    """
    asked = read_body(AskRequest)
    g.question = asked.question
    longest = served().limits.longest_question
    if len(asked.question) > longest:
        raise BadRequest(f"question: At most {longest} characters are answered")
    with ExitStack() as turn:
        turn.enter_context(served().questions.turn())
        response = _answered(asked, asked.conversation_id or uuid4().hex)
        if response.is_streamed:  # it is answered while it is sent
            response.call_on_close(turn.pop_all().close)
    response.vary.add("Accept")
    return response


@api.get("/openapi.json")
def describe() -> Response:
    """Describe this interface."""
    return jsonify(openapi.build())


def _answered(asked: AskRequest, conversation_id: str) -> Response:
    question = records.Question(
        text=asked.question,
        top_k=asked.top_k,
        max_error=asked.max_error,
        documents=asked.documents,
        history=() if asked.as_written else conversations().history(conversation_id),
    )
    if request.accept_mimetypes.best == EVENT_STREAM:
        return stream(_events(question, conversation_id))
    return reply(_kept(assistant().ask(question), question, conversation_id))


def _events(question: records.Question, conversation_id: str) -> Iterator[Event]:
    for step in assistant().steps(question):
        if isinstance(step, records.Understood):
            yield "understood", Understood(**asdict(step), conversation_id=conversation_id)
        elif isinstance(step, records.Found):
            yield "passages", Found(**asdict(step))
        else:
            yield "answer", _kept(step, question, conversation_id)


def _kept(answer: records.Answer, asked: records.Question, conversation_id: str) -> AskResponse:
    """Count an answer, keep it in its conversation and return it as the reply."""
    served().metrics.answered(answer, perf_counter() - g.began)
    turn = None
    try:
        turn = conversations().add(conversation_id, answer, asked.documents)
    except IndexFolderError as error:
        _logger.warning("a turn is not kept: %s", error)  # the answer stands all the same
    return AskResponse(
        **answer.as_json(),
        documents=asked.documents,
        conversation_id=conversation_id,
        turn=turn,
    )
