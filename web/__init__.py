"""The chat page and the JSON interface over an assistant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Flask

from assistant.answering import Assistant
from assistant.conversation.conversations import Conversations
from assistant.suggester import Suggester
from index.library import Library
from web import access, errors, limiting, logs, receiving, security
from web.api import api
from web.conversations import conversations as conversation_pages
from web.current import EXTENSION, Served
from web.documents import documents
from web.evaluation import evaluation
from web.feedback import feedback
from web.limits import DEFAULT_LIMITS, WAITING_FOR_PAGES, Limits
from web.metrics import Metrics
from web.operating import operating
from web.pages import pages
from web.queueing import Queue
from web.readiness import Readiness
from web.suggestions import suggestions

__all__ = ["LOOPBACK", "Limits", "Visitors", "create_app"]

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_TOO_MANY_PAGES = "Too many pages are being drawn: look again later."
_TOO_MANY_QUESTIONS = "Too many questions are waiting: ask again later."


@dataclass(frozen=True, slots=True)
class Visitors:
    """Who is answered.

    Attributes:
        hosts: Host names that are answered to, without port; empty means any.
        token: Reads the token that visitors need; None where they need none.
    """

    hosts: Sequence[str] = LOOPBACK
    token: Callable[[], str] | None = None


_THIS_MACHINE = Visitors()


def create_app(
    assistant: Assistant,
    conversations: Conversations,
    *,
    visitors: Visitors = _THIS_MACHINE,
    limits: Limits = DEFAULT_LIMITS,
    suggester: Suggester | None = None,
) -> Flask:
    """Make the web application of an assistant.

    Args:
        assistant: Answers the questions; its index is what the pages show.
        conversations: Where questions and answers are kept, to understand what follows them.
        visitors: Who is answered.
        limits: How much is taken from clients.
        suggester: Finds questions to begin with; without one, none are suggested.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = limits.largest_body
    app.config["LOG_QUESTIONS"] = False
    questions = Queue(limits.answering, limits.queue, fullness=_TOO_MANY_QUESTIONS)
    app.extensions[EXTENSION] = Served(
        assistant=assistant,
        conversations=conversations,
        library=Library(assistant.store, assistant.embedder, max_bytes=limits.largest_file),
        suggester=suggester,
        limits=limits,
        questions=questions,
        uploads=Queue(1, limits.uploads - 1, fullness=receiving.TOO_MANY_FILES),
        drawings=Queue(1, WAITING_FOR_PAGES, fullness=_TOO_MANY_PAGES),
        metrics=Metrics(assistant.store, questions),
        readiness=Readiness(),
    )
    logs.install(app)  # the first to see a request, and the last
    errors.install(app)
    security.install(app, hosts=visitors.hosts)
    access.install(app, token=visitors.token)
    receiving.install(app)
    if limits.questions_per_minute:
        limiting.install(app, questions_per_minute=limits.questions_per_minute)
    app.register_blueprint(api)
    app.register_blueprint(conversation_pages)
    app.register_blueprint(documents)
    app.register_blueprint(evaluation)
    app.register_blueprint(feedback)
    app.register_blueprint(operating)
    app.register_blueprint(pages)
    app.register_blueprint(suggestions)
    return app
