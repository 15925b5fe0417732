"""One handler for every error: a stable code and a message, and never an internal of ours."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from flask import Flask, Response, render_template
from werkzeug.exceptions import HTTPException

from index.errors import (
    AssistantError,
    DamagedDocumentError,
    EmbedderError,
    EmptyDocumentError,
    EncryptedDocumentError,
    IndexLockedError,
    OversizedDocumentError,
    SearchServerError,
    SourceChangedError,
    UnknownConversationError,
    UnknownDocumentError,
    UnsupportedFormatError,
)
from web.current import prefers_page, served
from web.schema.base import ErrorBody, Fault

CODES: Mapping[int, str] = MappingProxyType(
    {
        400: "invalid_request",
        401: "unauthorized",
        403: "forbidden",
        404: "not_found",
        405: "method_not_allowed",
        409: "conflict",
        413: "too_large",
        415: "unsupported_media_type",
        422: "unprocessable",
        429: "too_many_requests",
        500: "internal_error",
        503: "unavailable",
    }
)
STATUSES: Mapping[type[AssistantError], int] = MappingProxyType(
    {
        UnknownDocumentError: 404,
        UnknownConversationError: 404,
        SourceChangedError: 409,
        IndexLockedError: 409,
        OversizedDocumentError: 413,
        UnsupportedFormatError: 415,
        EmptyDocumentError: 422,
        EncryptedDocumentError: 422,
        DamagedDocumentError: 422,
        EmbedderError: 503,
        SearchServerError: 503,
    }
)
# What is told in place of ids, processes and folders, which mean nothing to who sees the page.
_IN_WORDS: Mapping[type[AssistantError], str] = MappingProxyType(
    {
        UnknownDocumentError: "there is no such document in the index: it may have been removed",
        IndexLockedError: (
            "another program is adding or removing documents just now: try again in a moment"
        ),
    }
)
_logger = logging.getLogger(__name__)


def install(app: Flask) -> None:
    """Answer every error of ``app`` with an ErrorBody, or with a page where a browser shows one."""
    app.register_error_handler(Exception, _answer)


def body_of(error: Exception) -> ErrorBody:
    """Return what an error says to programs; one that is ours to mend is logged, not told."""
    _, fault = _fault(error)
    _count(fault)
    return ErrorBody(error=fault)


def _answer(error: Exception) -> Response:
    return _of_http(error) if isinstance(error, HTTPException) else _respond(*_fault(error))


def _fault(error: Exception) -> tuple[int, Fault]:
    status = STATUSES.get(type(error), 500) if isinstance(error, AssistantError) else 500
    if isinstance(error, AssistantError) and status < 500:
        return status, Fault(code=error.code, message=_IN_WORDS.get(type(error), str(error)))
    _logger.error("The request failed", exc_info=error)
    code = error.code if isinstance(error, AssistantError) else CODES[500]
    return status, Fault(code=code, message="The server failed to answer; its log says why.")


def _of_http(error: HTTPException) -> Response:
    status = error.code or 500
    fault = Fault(code=CODES.get(status, "failed"), message=error.description or error.name)
    response = _respond(status, fault)
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value  # such as Allow and Retry-After
    return response


def _respond(status: int, fault: Fault) -> Response:
    _count(fault)
    if prefers_page():
        heading = HTTPStatus(status).phrase
        page = render_template("error.html", status=status, heading=heading, message=fault.message)
        return Response(page, status)
    return Response(ErrorBody(error=fault).model_dump_json(), status, mimetype="application/json")


def _count(fault: Fault) -> None:
    served().metrics.errors.labels(fault.code).inc()
