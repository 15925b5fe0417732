"""The log: one line a request, and a request's id on all that is logged while it is answered."""

from __future__ import annotations

import logging
from secrets import token_hex
from time import perf_counter
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, g, has_request_context, request
from pythonjsonlogger.json import JsonFormatter

from web.current import served

ID_HEADER = "X-Request-Id"
_TEXT = "%(asctime)s %(levelname)s %(request_id)s %(name)s: %(message)s"
_JSON = "{asctime}{levelname}{name}{message}{request_id}"
_LONGEST_PATH = 300  # characters
_logger = logging.getLogger(__name__)


def install(app: Flask) -> None:
    """Log and count every request of ``app``; install it first, so that none is left out.

    What is asked is logged only where the application's ``LOG_QUESTIONS`` is true.
    """

    @app.before_request
    def _begin() -> None:
        g.request_id = token_hex(8)
        g.began = perf_counter()

    @app.after_request
    def _end(response: Response) -> Response:
        response.headers[ID_HEADER] = g.request_id
        facts = _facts(response)
        if app.config["LOG_QUESTIONS"] and "question" in g:
            facts["question"] = g.question
        began, metrics = g.began, served().metrics

        def finish() -> None:
            facts["milliseconds"] = round(1e3 * (perf_counter() - began), 1)
            metrics.requests.labels(facts["route"], facts["status"]).inc()
            _logger.info(_line(facts), extra=facts)

        if response.is_streamed and not response.direct_passthrough:  # a file tells no end
            response.call_on_close(finish)
        else:
            finish()
        return response


def make_handler(form: str) -> logging.Handler:
    """Make what writes log records to standard error, as lines of "text" or of "json"."""
    handler = logging.StreamHandler()
    handler.addFilter(_add_request_id)
    handler.setFormatter(
        JsonFormatter(
            _JSON,
            style="{",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            datefmt="%Y-%m-%dT%H:%M:%S%z",
        )
        if form == "json"
        else logging.Formatter(_TEXT)
    )
    return handler


def _add_request_id(record: logging.LogRecord) -> bool:
    if not hasattr(record, "request_id"):
        record.request_id = g.get("request_id", "-") if has_request_context() else "-"
    return True


def _facts(response: Response) -> dict[str, Any]:
    rule = request.url_rule
    return {
        "method": quote(request.method),
        "path": quote(request.path)[:_LONGEST_PATH],
        "route": rule.rule if rule else "none",
        "status": response.status_code,
        "client": request.remote_addr,
        "request_id": g.request_id,
    }


def _line(facts: dict[str, Any]) -> str:
    """Write facts for people; what clients choose can begin no line of its own."""
    line = "{method} {path} {status} {milliseconds} ms {client}".format(**facts)
    return f"{line} {facts['question']!r}" if "question" in facts else line
