"""What people say of answers: kept with the turn, or taken back."""

from __future__ import annotations

from flask import Blueprint, Response
from werkzeug.exceptions import BadRequest

from assistant.conversation.feedback import Feedback, Judgement, Place
from assistant.conversation.selecting import SelectionError, select_words
from web.bodies import read_body, reply
from web.current import assistant, conversations
from web.schema.feedback import FeedbackKept, FeedbackRequest

feedback = Blueprint("feedback", __name__)
_ADDRESS = "/conversations/<path:conversation_id>/turns/<int:number>/feedback"


@feedback.put(_ADDRESS)
def give(conversation_id: str, number: int) -> Response:
    """Keep what a person says of an answer, in place of what was said of it before."""
    given = read_body(FeedbackRequest)
    place = _place(given)
    Feedback(conversations().database).give(
        conversation_id, number, Judgement(given.verdict, place)
    )
    return reply(FeedbackKept(verdict=given.verdict, quote=place.quote if place else None))


@feedback.delete(_ADDRESS)
def take_back(conversation_id: str, number: int) -> Response:
    """Forget what was said of an answer."""
    Feedback(conversations().database).take_back(conversation_id, number)
    return Response(status=204)


def _place(given: FeedbackRequest) -> Place | None:
    """Quote the place from the document itself, whatever the page showed."""
    if given.document_id is None:
        return None
    try:
        return select_words(assistant().store.document(given.document_id), given.source_ranges)
    except SelectionError as error:
        raise BadRequest(f"source_ranges: {error}") from error
