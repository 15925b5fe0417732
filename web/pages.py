"""The pages: the chat, and a document's source with what a citation marks."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, make_response, render_template, request

from assistant.citing import page_of
from index.errors import SourceChangedError
from index.records import Document, Range
from web import files
from web.current import assistant
from web.source import cut_by_pages, section_of

pages = Blueprint("pages", __name__)
LISTED = 100  # documents named on the first page


@pages.get("/")
def show_chat() -> Response:
    """Show the chat page; the page itself fetches the conversation that its address names."""
    with assistant().store.catalogue.reading() as rows:
        listed, total = rows.documents(limit=LISTED), rows.counts().documents
    return make_response(render_template("chat.html", documents=listed, total=total))


def show_document(document: Document, ranges: Sequence[Range]) -> Response:
    """Render a document's source with ranges marked: its pages where it has them, or its text."""
    views: tuple[files.PageView, ...] = ()
    notice = ""
    if document.pages and request.args.get("view") != "text":
        try:
            data = files.read(assistant().store, document)
            views = files.view_pages(data, document, ranges)
        except SourceChangedError as error:
            notice = str(error)
    first = ranges[0][0] if ranges else None
    return make_response(
        render_template(
            "document.html",
            document=document,
            views=views,
            notice=notice,
            parts=() if views else cut_by_pages(document, ranges),
            ranges=",".join(f"{start}-{end}" for start, end in ranges),
            section=() if first is None else section_of(document, first),
            page=page_of(document, ranges),
        )
    )
