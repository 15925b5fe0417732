"""What the request in hand belongs to, and the form of reply that it prefers."""

from __future__ import annotations

from typing import NamedTuple, cast

from flask import current_app, request

from assistant.answering import Assistant
from assistant.conversation.conversations import Conversations
from assistant.suggester import Suggester
from index.library import Library

EXTENSION = "assistant"


class Served(NamedTuple):
    """What an application was created with."""

    assistant: Assistant
    conversations: Conversations
    library: Library
    suggester: Suggester | None


def assistant() -> Assistant:
    """Return the assistant that the application was created with."""
    return _served().assistant


def conversations() -> Conversations:
    """Return where the application keeps its conversations."""
    return _served().conversations


def library() -> Library:
    """Return the documents that the application shows, adds and removes."""
    return _served().library


def suggester() -> Suggester | None:
    """Return what finds questions to begin with, where the application suggests any."""
    return _served().suggester


def _served() -> Served:
    return cast("Served", current_app.extensions[EXTENSION])


def prefers_page() -> bool:
    """Tell whether the client is a browser showing a page rather than a program."""
    accepted = request.accept_mimetypes
    return accepted["text/html"] > accepted["application/json"]
