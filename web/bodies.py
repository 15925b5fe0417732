"""JSON bodies: read as the shape that a request must have, written as the one that a reply has."""

from __future__ import annotations

from typing import TypeVar

from flask import Response, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

_Body = TypeVar("_Body", bound=BaseModel)
_FAULTS_TOLD = 5


def read_body(shape: type[_Body]) -> _Body:
    """Read the body of the request in hand.

    Raises:
        UnsupportedMediaType: It is not declared as JSON.
        BadRequest: It does not have the shape; the message says where.
    """
    if not request.is_json:
        raise UnsupportedMediaType("Send the body as application/json.")
    try:
        return shape.model_validate_json(request.get_data())
    except ValidationError as error:
        raise BadRequest(_explain(error)) from error


def reply(body: BaseModel, status: int = 200) -> Response:
    """Return a body as the response."""
    return Response(body.model_dump_json(), status, mimetype="application/json")


def _explain(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(
        ": ".join(filter(None, (".".join(map(str, fault["loc"])), fault["msg"])))
        for fault in faults[:_FAULTS_TOLD]
    )
