"""Replies that are told step by step, as server-sent events."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, stream_with_context
from pydantic import BaseModel

from web.errors import body_of

EVENT_STREAM = "text/event-stream"

Event = tuple[str, BaseModel]  # name and data


def stream(events: Iterator[Event]) -> Response:
    """Send events as they come; an error on the way is the last of them, named "error"."""
    response = Response(stream_with_context(_written(events)), mimetype=EVENT_STREAM)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"  # else nginx holds them back until the last
    return response


def _written(events: Iterator[Event]) -> Iterator[str]:
    try:
        for name, data in events:
            yield f"event: {name}\ndata: {data.model_dump_json()}\n\n"
    except Exception as error:  # the status has been sent: this is the only way left to tell
        yield f"event: error\ndata: {body_of(error).model_dump_json()}\n\n"
