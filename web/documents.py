"""The documents and their sources, as pages for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from flask import Blueprint, Response, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import (
    BadRequest,
    NotFound,
    RequestEntityTooLarge,
    UnsupportedMediaType,
)

from assistant.citing import page_of
from index.errors import ExtractionError, OversizedDocumentError
from index.formats import SUFFIXES
from index.library import Held
from index.records import Document, Range
from web import files
from web.bodies import reply
from web.current import assistant, library, prefers_page, served
from web.pages import show_document
from web.receiving import FRAMING
from web.schema import documents as schema
from web.source import RangesError, parse_ranges, section_of

documents = Blueprint("documents", __name__)


@documents.app_context_processor
def describe_uploads() -> dict[str, object]:
    """Let the pages say what can be sent."""
    return {"suffixes": ",".join(SUFFIXES), "largest_file": library().max_bytes}


@documents.get("/documents")
def list_documents() -> Response:
    """List the indexed documents."""
    held, generation = library().documents()
    return reply(schema.DocumentList(documents=list(map(_summary, held)), generation=generation))


@documents.post("/documents")
def add() -> Response:
    """Index a file that is sent, in place of one of its name that was sent before."""
    with served().uploads.turn():
        sent = _sent_file()
        held, has_replaced = library().add(sent.filename or "", sent.read())
    return reply(_summary(held), 200 if has_replaced else 201)


@documents.delete("/documents/<document_id>")
def remove(document_id: str) -> Response:
    """Remove a document; its file goes only if it was sent."""
    with served().uploads.turn():
        library().remove(document_id)
    return Response(status=204)


@documents.get("/documents/<document_id>")
def document(document_id: str) -> Response:
    """Show one document with ranges marked: a page for a browser, JSON for a program."""
    found = assistant().store.document(document_id)
    try:
        ranges = parse_ranges(request.args.get("ranges", ""), len(found.source_text))
    except RangesError as error:
        raise BadRequest(str(error)) from error
    response = show_document(found, ranges) if prefers_page() else reply(_detail(found, ranges))
    response.vary.add("Accept")
    return response


@documents.get("/documents/<document_id>/source")
def source(document_id: str) -> Response:
    """Return the source text that all ranges count characters of."""
    found = assistant().store.document(document_id)
    return Response(found.source_text.encode(), content_type="text/plain; charset=utf-8")


@documents.get("/documents/<document_id>/pages/<int:number>.png")
def page(document_id: str, number: int) -> Response:
    """Draw one page from the file, while it is the file that was indexed."""
    store = assistant().store
    found = store.document(document_id)
    if number not in {page.number for page in found.pages}:
        raise NotFound(f"{found.path} has no page {number}.")
    response = Response(mimetype="image/png")
    response.set_etag(f"{found.sha256}-{number}")
    response.make_conditional(request)
    if response.status_code == 200:
        try:
            with served().drawings.turn():
                response.set_data(files.draw(files.read(store, found), found, number))
        except ExtractionError as error:
            raise NotFound(str(error)) from error
    return response


def _sent_file() -> FileStorage:
    """Return the file of the request in hand, which may be larger than other requests."""
    largest = library().max_bytes
    request.max_content_length = largest + FRAMING
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType("Send the file as multipart/form-data.")
    try:
        sent = request.files.getlist("file")
    except RequestEntityTooLarge as error:
        limit = f"over the limit of {largest / 2**20:g} MiB"
        raise OversizedDocumentError("the file", limit) from error
    if len(sent) != 1 or not sent[0].filename:
        raise BadRequest("Send one file, with its name, as the field 'file'.")
    return sent[0]


def _summary(held: Held) -> schema.DocumentSummary:
    return schema.DocumentSummary(**asdict(held.summary), stale=held.stale, uploaded=held.uploaded)


def _detail(found: Document, ranges: Sequence[Range]) -> schema.DocumentDetail:
    return schema.DocumentDetail(
        id=found.id,
        root=found.root,
        path=found.path,
        title=found.title,
        media_type=found.media_type,
        sha256=found.sha256,
        source_sha256=found.source_sha256,
        source=url_for("documents.source", document_id=found.id),
        text=found.text,
        pages=[
            schema.Page(
                number=page.number,
                start=page.start,
                end=page.end,
                image=url_for("documents.page", document_id=found.id, number=page.number),
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
