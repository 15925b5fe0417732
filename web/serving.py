"""Serving the application with waitress: bind first, so that the address can be told."""

from __future__ import annotations

import errno
import logging
import select
import socket
from functools import partial
from threading import Lock
from time import monotonic
from typing import Any

import waitress.server
from flask import Flask
from waitress import wasyncore

from index.errors import ConfigurationError
from web.current import served
from web.limits import WAITING_FOR_PAGES, Limits
from web.readiness import Stage
from web.receiving import Channel

# Beyond a file that is taken: such a body is refused before it is read; a smaller one that is
# too large is read without being kept, and refused in JSON.
_MARGIN = 16 * 2**20
_PAGES = 4  # threads for what needs no turn: pages, static files, documents
_IDLE = 60  # seconds that an unused connection stays open
_POLL = 1.0  # seconds between looks at the clock
_POLL_STOPPING = 0.05


class Server:
    """The application on a listening socket.

    Attributes:
        url: Where a browser finds it, such as ``http://127.0.0.1:8000/``.
        readiness: Of the application; whoever loads the models says when they are.
    """

    def __init__(self, app: Flask, listener: socket.socket, *, trusted_proxy: str = "") -> None:
        host, port = listener.getsockname()[:2]
        self.url = f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
        # A browser asks for all parts of a page at once: that some wait their turn is no fault.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        limits = served(app).limits
        self.readiness = served(app).readiness
        self._ends_at: float | None = None  # by the monotonic clock, once it is to stop
        self._is_closed = False
        self._closing = Lock()
        self._sockets: dict[int, Any] = {}
        self._waitress: Any = waitress.server.create_server(
            app,
            map=self._sockets,
            sockets=[listener],
            threads=_threads(limits),
            ident=None,
            connection_limit=limits.connections + 2,  # the listener and the trigger count too
            channel_timeout=_IDLE,
            max_request_body_size=limits.largest_file + _MARGIN,
            **_proxied(trusted_proxy),
        )
        self._waitress.channel_class = partial(Channel, app)

    def run(self) -> bool:
        """Answer requests until ``stop`` is called.

        Returns:
            Whether all answers were finished; False if some still run, in threads of their own.
        """
        while not self._is_over():
            # Not select, which cannot watch files that are numbered beyond 1023.
            timeout = _POLL if self._ends_at is None else _POLL_STOPPING
            wasyncore.loop(timeout=timeout, use_poll=True, map=self._sockets, count=1)
            self._make_room()
        dispatcher = self._waitress.task_dispatcher
        dispatcher.shutdown(timeout=max(0.2, (self._ends_at or 0.0) - monotonic()))
        with self._closing:
            self._is_closed = True
            wasyncore.close_all(self._sockets)
        return not dispatcher.threads

    def stop(self, grace: float = 10.0) -> None:
        """Make ``run`` return, from any thread: when what has been asked is answered.

        Args:
            grace: Seconds after which what is not answered yet is cut off.
        """
        self.readiness.stage = Stage.STOPPING
        self._ends_at = monotonic() + grace
        with self._closing:
            if not self._is_closed:
                self._waitress.pull_trigger()  # the socket loop has to close its sockets itself

    def _make_room(self) -> None:
        """Close the connection that waits longest for its client, where no other can be opened."""
        is_full = len(self._sockets) >= self._waitress.adj.connection_limit
        if not is_full or not self._waitress.accepting or not self._is_sought():
            return
        channels = list(self._waitress.active_channels.values())
        waiting = [channel for channel in channels if channel.waits_for_client]
        if waiting:
            min(waiting, key=lambda channel: channel.last_activity).handle_close()

    def _is_sought(self) -> bool:
        """Tell whether a connection waits to be accepted."""
        seekers = select.poll()
        seekers.register(self._waitress.socket, select.POLLIN)
        return bool(seekers.poll(0))

    def _is_over(self) -> bool:
        if self._ends_at is None:
            return False
        if self._waitress.accepting:
            wasyncore.dispatcher.close(self._waitress)  # the listener alone, not its connections
        for channel in list(self._waitress.active_channels.values()):
            if channel.is_idle:
                channel.handle_close()
        return not self._waitress.active_channels or monotonic() >= self._ends_at


def bind(
    app: Flask, *, host: str = "127.0.0.1", port: int = 8000, trusted_proxy: str = ""
) -> Server:
    """Listen on an address without answering yet.

    Args:
        app: The application.
        host: An address or name of this machine.
        port: 0 takes any that is free.
        trusted_proxy: The address whose word on the client's address and on TLS is taken.

    Raises:
        ConfigurationError: The address cannot be listened on.
    """
    if not 0 <= port <= 65535:
        raise ConfigurationError(f"There is no port {port}: choose one up to 65535 with --port")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        raise ConfigurationError(_explain(host, port, error)) from error
    return Server(app, listener, trusted_proxy=trusted_proxy)


def _threads(limits: Limits) -> int:
    """Return how many threads let no request wait for questions, files and pages that do."""
    waiting = limits.queue + WAITING_FOR_PAGES
    return limits.answering + waiting + limits.uploads + _PAGES


def _proxied(trusted_proxy: str) -> dict[str, Any]:
    if not trusted_proxy:
        return {}
    return {
        "trusted_proxy": trusted_proxy,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
        "clear_untrusted_proxy_headers": True,
    }


def _explain(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} of {host} is in use: stop the program that listens there, "
            "or choose another with --port"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"Port {port} of {host} needs more rights: choose one above 1023 with --port"
    return f"Cannot listen on {host}, port {port} ({error}): check --host and --port"
