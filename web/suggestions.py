"""Questions to begin with, for a chat that is still empty."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response, request

from web.bodies import reply
from web.current import suggester
from web.schema.suggestions import SuggestionList

suggestions = Blueprint("suggestions", __name__)


@suggestions.get("/questions")
def list_questions() -> Response:
    """Suggest questions that the documents answer; it never waits for them to be found."""
    if found := suggester():
        return reply(SuggestionList(**asdict(found.suggestions())))
    return reply(SuggestionList(questions=[], generation=0, pending=False))


@suggestions.before_app_request
def _give_way() -> None:
    """Let the questions that people ask go before those that are tried out."""
    if request.endpoint == "api.ask" and (found := suggester()):
        found.give_way()
