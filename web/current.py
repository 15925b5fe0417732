"""What the request in hand belongs to: its assistant, and the form of reply it prefers."""

from __future__ import annotations

from typing import cast

from flask import current_app, request

from assistant.answering import Assistant

EXTENSION = "assistant"


def assistant() -> Assistant:
    """Return the assistant that the application was created with."""
    return cast("Assistant", current_app.extensions[EXTENSION])


def prefers_page() -> bool:
    """Tell whether the client is a browser showing a page rather than a program."""
    accepted = request.accept_mimetypes
    return accepted["text/html"] > accepted["application/json"]
