"""The pages: the chat, and a document's source with what a citation marks."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, make_response, render_template, request
from markupsafe import Markup, escape

from assistant.citing import page_of
from assistant.records import Reason
from index.errors import ExtractionError, SourceChangedError
from index.freshness import stale
from index.records import Document, Range
from web import files
from web.current import assistant, served
from web.source import section_of
from web.source_view import Form, SourceView, own_form, view_as_blocks, view_as_pages, view_as_text

pages = Blueprint("pages", __name__)


@pages.get("/")
def show_chat() -> Response:
    """Show the chat page; the page itself fetches the conversation that its address names."""
    with assistant().store.catalogue.reading() as rows:
        total = rows.counts().documents
    declined = {reason: reason.in_words for reason in Reason}
    return make_response(render_template("chat.html", total=total, declined=declined))


@pages.app_template_filter("exactly")
def write_exactly(text: str) -> Markup:
    """Escape text so that a browser reads every character: its parser folds returns away."""
    return escape(text).replace("\r", Markup("&#13;"))


def show_document(document: Document, ranges: Sequence[Range]) -> Response:
    """Render a document's source with ranges marked: in its own form, or as text."""
    view, is_stale = _view(document, ranges)
    return make_response(
        render_template(
            "document.html",
            document=document,
            view=view,
            own_form=own_form(document),
            stale=is_stale,
            ranges=",".join(f"{start}-{end}" for start, end in ranges),
            section=section_of(document, ranges[0][0]) if ranges else (),
            page=page_of(document, ranges),
        )
    )


def _view(document: Document, ranges: Sequence[Range]) -> tuple[SourceView, bool]:
    """Choose what to show, and tell whether the file is no longer what was indexed.

    Pages are in the file alone: without it, there is the text that was indexed of them.
    """
    store = assistant().store
    form = Form.TEXT if request.args.get("view") == Form.TEXT else own_form(document)
    if form is Form.PAGES:
        try:
            with served().drawings.turn():
                return view_as_pages(document, ranges, files.read(store, document)), False
        except (SourceChangedError, ExtractionError):
            form = Form.TEXT
    with store.catalogue.reading() as rows:
        is_stale = bool(stale(rows, [document.id]))
    view = view_as_blocks if form is Form.BLOCKS else view_as_text
    return view(document, ranges, start=request.args.get("start", type=int)), is_stale
