"""What the request in hand belongs to, and the form of reply that it prefers."""

from __future__ import annotations

from typing import NamedTuple, cast

from flask import Flask, current_app, request

from assistant.answering import Assistant
from assistant.conversation.conversations import Conversations
from assistant.suggester import Suggester
from index.library import Library
from web.limits import Limits
from web.metrics import Metrics
from web.queueing import Queue
from web.readiness import Readiness

EXTENSION = "assistant"


class Served(NamedTuple):
    """What an application was created with."""

    assistant: Assistant
    conversations: Conversations
    library: Library
    suggester: Suggester | None
    limits: Limits
    questions: Queue
    uploads: Queue
    drawings: Queue
    metrics: Metrics
    readiness: Readiness


def assistant() -> Assistant:
    """Return the assistant that the application was created with."""
    return served().assistant


def conversations() -> Conversations:
    """Return where the application keeps its conversations."""
    return served().conversations


def library() -> Library:
    """Return the documents that the application shows, adds and removes."""
    return served().library


def suggester() -> Suggester | None:
    """Return what finds questions to begin with, where the application suggests any."""
    return served().suggester


def served(app: Flask | None = None) -> Served:
    """Return what an application was created with; by default that of the request in hand."""
    return cast("Served", (app or current_app).extensions[EXTENSION])


def prefers_page() -> bool:
    """Tell whether the client is a browser showing a page rather than a program."""
    accepted = request.accept_mimetypes
    return accepted["text/html"] > accepted["application/json"]
