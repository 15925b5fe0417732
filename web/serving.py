"""Serving the application with waitress: bind first, so that the address can be told."""

from __future__ import annotations

import errno
import logging
import socket
from typing import Any

import waitress.server
from flask import Flask
from waitress import wasyncore

from index.errors import ConfigurationError

# Beyond a file that is taken: such a body is refused before it is buffered; a smaller one that is
# too large the application refuses, in JSON.
MARGIN = 16 * 2**20


class Server:
    """The application on a listening socket.

    Attributes:
        url: Where a browser finds it, such as ``http://127.0.0.1:8000/``.
    """

    def __init__(self, app: Flask, listener: socket.socket, *, threads: int) -> None:
        host, port = listener.getsockname()[:2]
        self.url = f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
        # A browser asks for all parts of a page at once: that some wait their turn is no fault.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self._sockets: dict[int, Any] = {}
        self._waitress: Any = waitress.server.create_server(
            app,
            map=self._sockets,
            sockets=[listener],
            threads=threads,
            ident=None,
            max_request_body_size=app.config["LARGEST_FILE"] + MARGIN,
        )

    def run(self) -> None:
        """Answer requests until ``stop`` is called or the process is interrupted."""
        self._waitress.run()
        self._waitress.task_dispatcher.shutdown()

    def stop(self) -> None:
        """Make ``run`` return, from any thread; the port is free when it has."""
        # The socket loop is not thread-safe: it has to close its sockets itself.
        self._waitress.trigger.pull_trigger(lambda: wasyncore.close_all(self._sockets))


def bind(app: Flask, *, host: str = "127.0.0.1", port: int = 8000, threads: int = 4) -> Server:
    """Listen on an address without answering yet.

    Args:
        app: The application.
        host: An address or name of this machine.
        port: 0 takes any that is free.
        threads: Requests answered at once, the rest wait.

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
    return Server(app, listener, threads=threads)


def _explain(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} of {host} is in use: stop the program that listens there, "
            "or choose another with --port"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"Port {port} of {host} needs more rights: choose one above 1023 with --port"
    return f"Cannot listen on {host}, port {port} ({error}): check --host and --port"
