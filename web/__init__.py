"""The chat page and the JSON interface over an assistant."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask

from assistant.answering import Assistant
from assistant.conversation.conversations import Conversations
from web import errors, limiting, security
from web.api import api
from web.conversations import conversations as conversation_pages
from web.current import EXTENSION, Served
from web.documents import documents
from web.pages import pages

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def create_app(
    assistant: Assistant,
    conversations: Conversations,
    *,
    hosts: Sequence[str] = LOOPBACK,
    largest_body: int = 64 * 1024,
    questions_per_minute: int = 0,
) -> Flask:
    """Make the web application of an assistant.

    Args:
        assistant: Answers the questions; its index is what the pages show.
        conversations: Where questions and answers are kept, to understand what follows them.
        hosts: Host names that are answered to, without port; empty means any.
        largest_body: Of a request, in bytes; a larger one is refused with 413.
        questions_per_minute: Of one address, the rest is refused with 429; 0 means no limit.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = largest_body
    app.extensions[EXTENSION] = Served(assistant, conversations)
    errors.install(app)
    security.install(app, hosts=hosts)
    if questions_per_minute:
        limiting.install(app, questions_per_minute=questions_per_minute)
    app.register_blueprint(api)
    app.register_blueprint(conversation_pages)
    app.register_blueprint(documents)
    app.register_blueprint(pages)
    return app
