"""What the request in hand belongs to, and the form of reply that it prefers."""

from __future__ import annotations

from typing import NamedTuple, cast

from flask import current_app, request

from assistant.answering import Assistant
from assistant.conversation.conversations import Conversations

EXTENSION = "assistant"


class Served(NamedTuple):
    """What an application was created with."""

    assistant: Assistant
    conversations: Conversations


def assistant() -> Assistant:
    """Return the assistant that the application was created with."""
    return _served().assistant


def conversations() -> Conversations:
    """Return where the application keeps its conversations."""
    return _served().conversations


def _served() -> Served:
    return cast("Served", current_app.extensions[EXTENSION])


def prefers_page() -> bool:
    """Tell whether the client is a browser showing a page rather than a program."""
    accepted = request.accept_mimetypes
    return accepted["text/html"] > accepted["application/json"]
