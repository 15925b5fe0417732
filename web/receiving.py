"""Requests as they come in: bodies that will not be taken are not kept, slow ones do not last."""

from __future__ import annotations

import logging
from time import monotonic, time
from typing import Any

from flask import Flask, request
from waitress.buffers import OverflowableBuffer
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import ErrorTask
from waitress.utilities import BadRequest
from werkzeug.exceptions import ServiceUnavailable

from web import access
from web.current import served
from web.limits import Limits
from web.queueing import RETRY_AFTER

PATIENCE = 20.0  # seconds that a request may take to come in
SLOWEST = 500  # bytes a second beyond that
UNREAD = 60.0  # seconds in which a client takes nothing of what it is sent
TOO_MANY_FILES = "Too many files are being sent: send it again later."
FRAMING = 64 * 1024  # bytes of a request around the file that it sends
_FRAME = 4096  # bytes around a chunk of a body: its size, and what may follow the last
_HEADER = "X-Upload-Refused"  # of ours alone
_HEADER_KEY = _HEADER.upper().replace("-", "_")
_logger = logging.getLogger(__name__)


class Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """Reads one request, and keeps of its body what the application will take.

    A client hears an answer only when it has sent everything, so the rest is read and dropped.
    """

    def __init__(self, adj: Any, channel: Channel) -> None:
        super().__init__(adj)
        self._channel = channel
        self._began = monotonic()
        self._worth_waiting_for = adj.max_request_header_size  # bytes
        self.is_upload = False

    @property
    def is_late(self) -> bool:
        """Whether it has been coming in for too long."""
        received = self.header_bytes_received + self.body_bytes_received
        taken = min(received, self._worth_waiting_for)  # what is dropped buys no time
        return bool(monotonic() > self._began + self._channel.patience + taken / SLOWEST)

    def parse_header(self, header_plus: bytes) -> None:
        """Read the headers, and decide how much of the body is kept."""
        super().parse_header(header_plus)
        self.headers.pop(_HEADER_KEY, None)  # nobody else says it
        if self.body_rcv is not None:
            most = self._most()
            self._worth_waiting_for += most
            self.body_rcv.buf = _Bounded(self.adj.inbuf_overflow, most)

    def received(self, data: bytes) -> int:
        """Take what has come in, and return how much of it belongs to this request."""
        consumed: int = super().received(data)
        if self.chunked and self._frame_length > _FRAME:  # of which waitress knows no end
            self.error = BadRequest("The size of a chunk, or what follows the last, is too long")
            self.completed = True
        elif self.completed and self.chunked and self.body_rcv.buf.has_dropped:
            # So many at least: the application refuses what is longer than it takes.
            self.headers["CONTENT_LENGTH"] = str(self.body_bytes_received)
        return consumed

    @property
    def _frame_length(self) -> int:
        body = self.body_rcv
        return 0 if body is None else len(body.control_line) + len(body.trailer)

    def _most(self) -> int:
        """Return how much of the body is kept, in bytes."""
        limits = self._channel.limits
        is_large = self.chunked or self.content_length > limits.largest_body
        if not is_large or (self.command, self.path) != ("POST", "/documents"):
            return limits.largest_body
        if not self._channel.may_upload(self.headers):
            self.headers[_HEADER_KEY] = "1"
            return 0
        self.is_upload = True
        return limits.largest_file + FRAMING


class _Malformed(ErrorTask):  # type: ignore[misc]
    """Answers a request that never reaches the application."""

    def execute(self) -> None:
        super().execute()
        _logger.info("a malformed request from %s: %s", self.channel.addr[0], self.status)


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection, which a client that is too slow loses."""

    patience = PATIENCE
    patience_unread = UNREAD
    error_task_class = _Malformed

    def __init__(self, app: Flask, *connection: Any, **options: Any) -> None:
        super().__init__(*connection, **options)
        self.app = app

    def parser_class(self, adj: Any) -> Parser:
        """Make a parser of the next request."""
        return Parser(adj, self)

    @property
    def limits(self) -> Limits:
        """How much the application takes."""
        return served(self.app).limits

    @property
    def waits_for_client(self) -> bool:
        """Whether nothing is being answered or sent."""
        return not (self.requests or self.total_outbufs_len)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being received either."""
        return self.waits_for_client and not self.request

    @property
    def is_uploading(self) -> bool:
        """Whether it holds a file, whole or in part."""
        return any(each.is_upload for each in (self.request, *self.requests) if each)

    def may_upload(self, headers: dict[str, str]) -> bool:
        """Tell whether a request with these headers may send a file now."""
        channels = list(self.server.active_channels.values())
        if sum(channel.is_uploading for channel in channels) >= self.limits.uploads:
            return False
        guard = access.of(self.app)
        return guard is None or guard.holds_key(headers.get("AUTHORIZATION"), headers.get("COOKIE"))

    def readable(self) -> bool:
        """Tell whether more is to be read; a client that keeps others waiting is given up."""
        if self.request is not None and not self.requests and self.request.is_late:
            self.will_close = True
        elif self.total_outbufs_len and time() > self.last_activity + self.patience_unread:
            self.handle_close()  # which lets go a thread that waits for room to write
        return bool(super().readable())


class _Bounded(OverflowableBuffer):  # type: ignore[misc]
    """A body of which no more than so many bytes are kept.

    Args:
        overflow: Beyond so many bytes it is kept in a file.
        most: What is kept, in bytes.
    """

    def __init__(self, overflow: int, most: int) -> None:
        super().__init__(overflow)
        self._most = most
        self.has_dropped = False

    def append(self, received: bytes) -> None:
        self.has_dropped = self.has_dropped or len(self) + len(received) > self._most
        if not self.has_dropped:
            super().append(received)


def install(app: Flask) -> None:
    """Refuse the files that were not kept because too many were being sent."""

    @app.before_request
    def _refuse() -> None:
        if _HEADER in request.headers:
            raise ServiceUnavailable(TOO_MANY_FILES, retry_after=RETRY_AFTER)
