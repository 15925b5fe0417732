"""The pages of the evaluations kept beside the index: their list, and the report of each."""

from __future__ import annotations

from flask import Blueprint, Response, url_for
from werkzeug.exceptions import NotFound

from assistant.evaluation import runs
from assistant.evaluation.report import policy, render, render_list
from web.current import assistant

evaluation = Blueprint("evaluation", __name__, url_prefix="/evaluation")


@evaluation.get("")
def show_runs() -> Response:
    """List the runs, with how they went one after another."""
    kept = runs.listing(assistant().store.folder)
    return _page(render_list(kept, address=_address, back=url_for("pages.show_chat")))


@evaluation.get("/<name>")
def show_run(name: str) -> Response:
    """Show the report of a run, as it is written to a file."""
    path = runs.find(assistant().store.folder, name)
    if path is None:
        raise NotFound("There is no such run.")
    return _page(render(runs.load(path), back=url_for("evaluation.show_runs")))


def _address(name: str) -> str:
    return url_for("evaluation.show_run", name=name)


def _page(html: str) -> Response:
    """Send a page that holds its own style and script, and allow it these alone."""
    return Response(
        html,
        mimetype="text/html",
        headers={"Content-Security-Policy": f"{policy()}; frame-ancestors 'none'"},
    )
