"""The OpenAPI document, generated from the schemas that validate requests and replies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from web.schema import asking, conversations, documents, feedback, operating, suggestions
from web.schema.base import ErrorBody
from web.source import RANGES_PATTERN

VERSION = "1.0"  # of the interface, not of the program
_DOCUMENT = {"name": "document_id", "in": "path", "required": True, "schema": {"type": "string"}}
_PAGE = {
    "name": "number",
    "in": "path",
    "required": True,
    "schema": {"type": "integer", "minimum": 1},
}
_CONVERSATION = {
    "name": "conversation_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string"},
}
_TURN = {
    "name": "number",
    "in": "path",
    "required": True,
    "schema": {"type": "integer", "minimum": 1},
}
_SEARCH = {
    "name": "search",
    "in": "query",
    "description": "Words, each of which the title or any question or answer holds.",
    "schema": {"type": "string"},
}
_RANGES = {
    "name": "ranges",
    "in": "query",
    "description": "Half-open ranges of the source text, such as 120-141,180-190.",
    "schema": {"type": "string", "pattern": RANGES_PATTERN},
}
_OF_VISITORS = (401, 403, 429)  # what who is not let in may be told
_MEANINGS = {
    400: "The request is malformed; the message says how.",
    401: "The server demands its token.",
    403: "A browser sent this from another site, or a proxy that the server was not told of.",
    404: "There is no such document, page or conversation.",
    405: "Nothing there can be asked for in this way.",
    409: "The file has changed since it was indexed, or another program is writing.",
    413: "The body or the file is too large.",
    415: "The body is not of the type described, or the file's format is not read.",
    422: "The file is empty, damaged or needs a password; the message says what to do.",
    429: "Too many questions or wrong tokens from this address; Retry-After says when to try "
    "again, in seconds.",
    500: "The server failed.",
    503: "Too many questions or files at once, or the server is starting, stopping or in trouble; "
    "Retry-After, where it is sent, says when to try again, in seconds.",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, as the document describes it."""

    path: str
    summary: str
    media_types: tuple[str, ...] = ("application/json",)
    method: str = "get"
    status: int = 200  # when it is done; 204 has no body
    replaced: int | None = None  # the status when it is done in place of what was there
    reply: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    body_type: str = "application/json"
    parameters: tuple[dict[str, Any], ...] = ()
    errors: tuple[int, ...] = (400, 500)
    is_open: bool = False  # answered without the token too


OPERATIONS = (
    Operation(
        "/ask",
        "Answer a question in the documents' own words, or decline",
        media_types=("application/json", "text/event-stream"),
        method="post",
        reply=asking.AskResponse,
        body=asking.AskRequest,
        errors=(400, 403, 404, 409, 413, 415, 429, 500, 503),
    ),
    Operation("/documents", "List the indexed documents", reply=documents.DocumentList),
    Operation(
        "/documents",
        "Index a file, in place of one of its name that was sent before",
        method="post",
        status=201,
        replaced=200,
        reply=documents.DocumentSummary,
        body=documents.Upload,
        body_type="multipart/form-data",
        errors=(400, 403, 409, 413, 415, 422, 500, 503),
    ),
    Operation(
        "/documents/{document_id}",
        "Show one document, with ranges of its source text marked",
        media_types=("application/json", "text/html"),
        reply=documents.DocumentDetail,
        parameters=(_DOCUMENT, _RANGES),
        errors=(400, 404, 500),
    ),
    Operation(
        "/documents/{document_id}",
        "Remove a document; its file goes only if it was sent here",
        method="delete",
        status=204,
        parameters=(_DOCUMENT,),
        errors=(400, 403, 404, 409, 500),
    ),
    Operation(
        "/documents/{document_id}/source",
        "The source text that all ranges count characters of",
        media_types=("text/plain",),
        parameters=(_DOCUMENT,),
        errors=(400, 404, 500),
    ),
    Operation(
        "/documents/{document_id}/pages/{number}.png",
        "The image of one page, from 1",
        media_types=("image/png",),
        parameters=(_DOCUMENT, _PAGE),
        errors=(400, 404, 409, 500),
    ),
    Operation(
        "/conversations",
        "List the latest conversations, or those that hold what is searched for",
        reply=conversations.ConversationList,
        parameters=(_SEARCH,),
    ),
    Operation(
        "/conversations/{conversation_id}",
        "Show a conversation",
        media_types=("application/json", "text/html"),
        reply=conversations.Conversation,
        parameters=(_CONVERSATION,),
        errors=(400, 404, 500),
    ),
    Operation(
        "/conversations/{conversation_id}",
        "Give a conversation another title",
        method="patch",
        reply=conversations.ConversationSummary,
        body=conversations.ConversationChange,
        parameters=(_CONVERSATION,),
        errors=(400, 403, 404, 409, 413, 415, 500),
    ),
    Operation(
        "/conversations/{conversation_id}",
        "Forget a conversation",
        method="delete",
        status=204,
        parameters=(_CONVERSATION,),
        errors=(400, 403, 404, 409, 500),
    ),
    Operation(
        "/conversations/{conversation_id}/export.md",
        "Write a conversation down as Markdown, with its citations",
        media_types=("text/markdown",),
        parameters=(_CONVERSATION,),
        errors=(400, 404, 500),
    ),
    Operation(
        "/conversations/{conversation_id}/turns/{number}/feedback",
        "Say of an answer that it is right, wrong, or where the right one stands",
        method="put",
        reply=feedback.FeedbackKept,
        body=feedback.FeedbackRequest,
        parameters=(_CONVERSATION, _TURN),
        errors=(400, 403, 404, 405, 409, 413, 415, 500),
    ),
    Operation(
        "/conversations/{conversation_id}/turns/{number}/feedback",
        "Take back what was said of an answer",
        method="delete",
        status=204,
        parameters=(_CONVERSATION, _TURN),
        errors=(400, 403, 404, 405, 409, 500),
    ),
    Operation(
        "/questions",
        "Suggest questions that the documents answer",
        reply=suggestions.SuggestionList,
    ),
    Operation(
        "/health",
        "Tell that the server answers, and from what to those who may know",
        reply=operating.Health,
        is_open=True,
    ),
    Operation(
        "/ready",
        "Tell whether questions may be sent",
        reply=operating.Ready,
        errors=(400, 500, 503),
        is_open=True,
    ),
    Operation("/metrics", "Counts since the start, for Prometheus", media_types=("text/plain",)),
)


def build() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the whole interface."""
    models: set[type[BaseModel]] = {ErrorBody}
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        models |= {model for model in (operation.reply, operation.body) if model}
        paths.setdefault(operation.path, {})[operation.method] = _describe(operation)
    _, definitions = models_json_schema(
        [(model, "validation") for model in sorted(models, key=lambda model: model.__name__)],
        ref_template="#/components/schemas/{model}",
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": "Document assistant", "version": VERSION},
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],  # by itself a server on loopback demands none
    }


def _describe(operation: Operation) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done."}
    if operation.status != 204:
        done["content"] = _content(operation)
    replies = {str(status): done for status in (operation.status, operation.replaced) if status}
    for status in sorted({*operation.errors, *(() if operation.is_open else _OF_VISITORS)}):
        error = {"application/json": {"schema": _reference(ErrorBody)}}
        replies[str(status)] = {"description": _MEANINGS[status], "content": error}
    described: dict[str, Any] = {"summary": operation.summary, "responses": replies}
    if operation.parameters:
        described["parameters"] = list(operation.parameters)
    if operation.body:
        body = {operation.body_type: {"schema": _reference(operation.body)}}
        described["requestBody"] = {"required": True, "content": body}
    return described


def _content(operation: Operation) -> dict[str, Any]:
    return {
        media_type: {"schema": _reference(operation.reply)}
        if operation.reply and media_type == "application/json"
        else {}
        for media_type in operation.media_types
    }


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}
