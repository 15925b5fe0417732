"""The chat page and the JSON interface over an assistant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask

from assistant.answering import Assistant
from assistant.conversation.conversations import Conversations
from assistant.suggester import Suggester
from index.library import Library
from web import errors, limiting, security
from web.api import api
from web.conversations import conversations as conversation_pages
from web.current import EXTENSION, Served
from web.documents import documents
from web.evaluation import evaluation
from web.feedback import feedback
from web.pages import pages
from web.suggestions import suggestions

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken from clients; the rest is refused with 413 or 429."""

    largest_body: int = 64 * 1024  # of a request that sends no file, in bytes
    largest_file: int = 64 * 2**20  # in bytes
    questions_per_minute: int = 0  # of one address; 0 for no limit


_DEFAULTS = Limits()


def create_app(
    assistant: Assistant,
    conversations: Conversations,
    *,
    hosts: Sequence[str] = LOOPBACK,
    limits: Limits = _DEFAULTS,
    suggester: Suggester | None = None,
) -> Flask:
    """Make the web application of an assistant.

    Args:
        assistant: Answers the questions; its index is what the pages show.
        conversations: Where questions and answers are kept, to understand what follows them.
        hosts: Host names that are answered to, without port; empty means any.
        limits: How much is taken from clients.
        suggester: Finds questions to begin with; without one, none are suggested.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = limits.largest_body
    app.config["LARGEST_FILE"] = limits.largest_file
    library = Library(assistant.store, assistant.embedder, max_bytes=limits.largest_file)
    app.extensions[EXTENSION] = Served(assistant, conversations, library, suggester)
    errors.install(app)
    security.install(app, hosts=hosts)
    if limits.questions_per_minute:
        limiting.install(app, questions_per_minute=limits.questions_per_minute)
    app.register_blueprint(api)
    app.register_blueprint(conversation_pages)
    app.register_blueprint(documents)
    app.register_blueprint(evaluation)
    app.register_blueprint(feedback)
    app.register_blueprint(pages)
    app.register_blueprint(suggestions)
    return app
