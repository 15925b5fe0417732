from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from flask import Flask

from index.errors import ConfigurationError
from web.serving import Server, bind


@pytest.fixture
def server(app: Flask) -> Iterator[Server]:
    server = bind(app, port=0)
    thread = Thread(target=server.run)
    thread.start()
    yield server
    server.stop()
    thread.join(timeout=10)
    assert not thread.is_alive()


def connect(server: Server) -> HTTPConnection:
    address = urlsplit(server.url)
    assert address.hostname == "127.0.0.1"
    assert address.port
    return HTTPConnection(address.hostname, address.port, timeout=10)


def test_the_server_answers_on_loopback_and_names_no_software(server: Server) -> None:
    connection = connect(server)
    connection.request("GET", "/health")
    response = connection.getresponse()
    assert json.load(response)["status"] == "ok"
    assert response.getheader("Server") is None
    connection.close()


def test_a_large_body_is_refused_in_json(server: Server) -> None:
    connection = connect(server)
    body = json.dumps({"question": "q" * 300_000})
    connection.request("POST", "/ask", body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    assert response.status == 413
    assert json.load(response)["error"]["code"] == "too_large"
    connection.close()


def test_a_port_in_use_is_named_with_the_remedy(app: Flask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            ConfigurationError, match=rf"Port {port} of 127\.0\.0\.1 is in use.*--port"
        ):
            bind(app, port=port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.invalid"])
def test_an_impossible_host_is_a_mistake_of_configuration(app: Flask, host: str) -> None:
    with pytest.raises(ConfigurationError, match="--host and --port"):
        bind(app, host=host, port=0)


@pytest.mark.parametrize("port", [-1, 65536])
def test_an_impossible_port_is_a_mistake_of_configuration(app: Flask, port: int) -> None:
    with pytest.raises(ConfigurationError, match=f"There is no port {port}"):
        bind(app, port=port)


def test_importing_the_application_loads_no_model_library() -> None:
    program = "import sys, web, web.serving; print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True,
        cwd=Path(__file__).parent.parent.parent,
    )  # fmt: skip
    assert done.stdout.strip() == "False"
