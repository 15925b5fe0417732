"""The JSON interface: asking, the documents and their sources, health."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from uuid import uuid4

from flask import Blueprint, Response, jsonify, request, url_for
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import BadRequest, NotFound, UnsupportedMediaType

from assistant.citing import page_of
from assistant.records import Question
from index.errors import IndexFolderError
from index.records import Document, Range
from web import files, openapi, schema
from web.current import assistant, conversations, prefers_page
from web.pages import show_document
from web.source import RangesError, parse_ranges, section_of

api = Blueprint("api", __name__)
_logger = logging.getLogger(__name__)
_FAULTS_TOLD = 5


@api.post("/ask")
def ask() -> Response:
    """Answer a question, or decline; what it leaves out is understood from its conversation."""
    asked = _read_request()
    conversation_id = asked.conversation_id or uuid4().hex
    answer = assistant().ask(
        Question(
            text=asked.question,
            top_k=asked.top_k,
            max_error=asked.max_error,
            documents=tuple(asked.documents),
            history=conversations().history(conversation_id),
        )
    )
    try:
        conversations().add(conversation_id, answer)
    except IndexFolderError as error:
        _logger.warning("a turn is not kept: %s", error)  # the answer stands all the same
    return _reply(schema.AskResponse(**answer.as_json(), conversation_id=conversation_id))


@api.get("/documents")
def documents() -> Response:
    """List the indexed documents."""
    with assistant().store.catalogue.reading() as rows:
        return _reply(
            schema.DocumentList(
                documents=[schema.DocumentSummary(**asdict(found)) for found in rows.documents()],
                generation=rows.state.generation,
            )
        )


@api.get("/documents/<document_id>")
def document(document_id: str) -> Response:
    """Show one document with ranges marked: a page for a browser, JSON for a program."""
    found = assistant().store.document(document_id)
    try:
        ranges = parse_ranges(request.args.get("ranges", ""), len(found.source_text))
    except RangesError as error:
        raise BadRequest(str(error)) from error
    response = show_document(found, ranges) if prefers_page() else _reply(_detail(found, ranges))
    response.vary.add("Accept")
    return response


@api.get("/documents/<document_id>/source")
def source(document_id: str) -> Response:
    """Return the source text that all ranges count characters of."""
    found = assistant().store.document(document_id)
    return Response(found.source_text.encode(), content_type="text/plain; charset=utf-8")


@api.get("/documents/<document_id>/pages/<int:number>.png")
def page(document_id: str, number: int) -> Response:
    """Draw one page from the file, while it is the file that was indexed."""
    store = assistant().store
    found = store.document(document_id)
    if number not in {page.number for page in found.pages}:
        raise NotFound(f"{found.path} has no page {number}.")
    data = files.read(store, found)
    response = Response(mimetype="image/png")
    response.set_etag(f"{found.sha256}-{number}")
    response.make_conditional(request)
    if response.status_code == 200:
        response.set_data(files.draw(data, found, number))
    return response


@api.get("/health")
def health() -> Response:
    """Tell that the server answers, and from what."""
    with assistant().store.catalogue.reading() as rows:
        counts = rows.counts()
        return _reply(
            schema.Health(
                status="ok",
                documents=counts.documents,
                passages=counts.passages,
                generation=rows.state.generation,
            )
        )


@api.get("/openapi.json")
def describe() -> Response:
    """Describe this interface."""
    return jsonify(openapi.build())


def _read_request() -> schema.AskRequest:
    if not request.is_json:
        raise UnsupportedMediaType("Send the question as application/json.")
    try:
        return schema.AskRequest.model_validate_json(request.get_data())
    except ValidationError as error:
        raise BadRequest(_explain(error)) from error


def _explain(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(
        ": ".join(filter(None, (".".join(map(str, fault["loc"])), fault["msg"])))
        for fault in faults[:_FAULTS_TOLD]
    )


def _detail(found: Document, ranges: Sequence[Range]) -> schema.DocumentDetail:
    return schema.DocumentDetail(
        id=found.id,
        root=found.root,
        path=found.path,
        title=found.title,
        media_type=found.media_type,
        sha256=found.sha256,
        source_sha256=found.source_sha256,
        source=url_for("api.source", document_id=found.id),
        text=found.text,
        pages=[
            schema.Page(
                number=page.number,
                start=page.start,
                end=page.end,
                image=url_for("api.page", document_id=found.id, number=page.number),
            )
            for page in found.pages
        ],
        highlights=[_highlight(found, start, end) for start, end in ranges],
        extractor=found.extractor,
        quality=found.quality,
        modified_at=datetime.fromtimestamp(found.modified_at, UTC),
        published=found.published,
        metadata=dict(found.metadata),
    )


def _highlight(found: Document, start: int, end: int) -> schema.Highlight:
    return schema.Highlight(
        start=start,
        end=end,
        text=found.source_text[start:end],
        page=page_of(found, [(start, end)]),
        section=list(section_of(found, start)),
    )


def _reply(body: BaseModel) -> Response:
    return Response(body.model_dump_json(), mimetype="application/json")
