from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from assistant.tokens import read_token
from tests.assistant.command import ROOT, run
from tests.postgresql import Server
from tests.waiting import wait_until

pytestmark = pytest.mark.slow
_PATIENCE = 60.0  # seconds


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an index of one document."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "docs").mkdir()
    (folder / "docs" / "pier.md").write_text("The old pier was built by **Anders Lund** in 1861.\n")
    assert run("index", "docs", folder=folder).returncode == 0
    return folder


class Command:
    """`assistant serve` as it runs."""

    def __init__(self, process: subprocess.Popen[str], port: int, log: Path) -> None:
        self.process, self.port, self.log = process, port, log

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def ask(self, question: str, **more: str) -> dict[str, Any]:
        body = json.dumps({"question": question, **more}).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        url = f"http://127.0.0.1:{self.port}/ask"
        request = urllib.request.Request(url, data=body, headers=headers)
        with urllib.request.urlopen(request, timeout=_PATIENCE) as response:
            reply: dict[str, Any] = json.load(response)
            return reply

    def wait_for_log(self, words: str) -> None:
        wait_until(lambda: words in self.log.read_text(), f"{self.log} never says: {words}")

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(_PATIENCE)


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[Command]:
    """Serve the folder's index without an embedder, once it is ready."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = folder / "log"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "ASSISTANT_EMBEDDER": "/nowhere"}
    program = "from assistant.cli import main; main()"
    arguments = [sys.executable, "-c", program, "serve", "--port", str(port), *options]
    with (
        log.open("w") as written,
        subprocess.Popen(
            arguments,
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=written,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("Ask at http://"), log.read_text()
            yield Command(process, port, log)
        finally:
            process.kill()


def test_hangup_reloads_the_calibration_and_never_ends_the_server(folder: Path) -> None:
    calibration = folder / ".assistant" / "calibration.json"
    with serving(folder) as command:
        assert command.get("/ready") == (200, '{"status":"ready"}')
        command.process.send_signal(signal.SIGHUP)
        command.wait_for_log("the calibration was reloaded")
        calibration.write_text("{")
        command.process.send_signal(signal.SIGHUP)
        command.wait_for_log("not reloaded, the one before stays")
        calibration.unlink()
        assert command.get("/ready")[0] == 200
        assert not (folder / ".assistant" / "token").exists()
        assert command.stop() == 0
        assert "Traceback" not in command.log.read_text()


def test_elsewhere_than_on_loopback_a_token_is_made_and_demanded(folder: Path) -> None:
    for is_first in (True, False):
        with serving(folder, "--host", "0.0.0.0") as command:
            token = read_token(folder / ".assistant")
            assert command.get("/documents")[0] == 401
            status, listed = command.get("/documents", Authorization=f"Bearer {token}")
            assert (status, len(json.loads(listed)["documents"])) == (200, 1)
            assert command.stop(signal.SIGINT) == 0
            said = command.log.read_text()
            assert ("`assistant token`" in said, "caddy" in said) == (is_first, is_first)
            assert token not in said


def test_behind_a_proxy_the_token_is_demanded_and_the_proxy_believed(folder: Path) -> None:
    with serving(folder, "--trusted-proxy", "127.0.0.1") as command:
        token = read_token(folder / ".assistant")
        headers = {
            "Authorization": f"Bearer {token}",
            "X-Forwarded-For": "192.0.2.7",
            "X-Forwarded-Proto": "https",
            "Host": "docs.example.org",
        }
        assert command.get("/documents")[0] == 401
        assert command.get("/documents", **headers)[0] == 200
        assert "192.0.2.7" in command.log.read_text()
        renewed = run("token", "--new", folder=folder).stdout.strip()
        assert command.get("/documents", **headers)[0] == 401
        headers["Authorization"] = f"Bearer {renewed}"
        assert command.get("/documents", **headers)[0] == 200


def test_a_second_signal_ends_at_once_what_the_first_waits_for(folder: Path) -> None:
    with serving(folder) as command, socket.create_connection(("127.0.0.1", command.port)) as slow:
        slow.sendall(b"GET / HTTP/1.0\r\n")
        sleep(0.3)
        command.process.send_signal(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):
            command.process.wait(1)
        begun = monotonic()
        assert command.stop() == 128 + signal.SIGTERM
        assert monotonic() - begun < 5


@pytest.mark.scale
def test_two_servers_on_one_database_go_on_with_each_others_conversations(
    tmp_path: Path, postgresql: Server
) -> None:
    url, homes = postgresql.database(), [tmp_path / "one", tmp_path / "other"]
    for home in homes:
        home.mkdir()
        (home / "assistant.toml").write_text(f'catalogue = "{url}"\n')
    pier = tmp_path / "pier.md"
    pier.write_text("The old pier was built by Anders Lund in 1861.\n")
    assert run("index", str(pier), folder=homes[0]).returncode == 0
    with serving(homes[0]) as one, serving(homes[1]) as other:
        asked = one.ask("Who built the old pier?")
        again = other.ask("When?", conversation_id=asked["conversation_id"])
        assert (asked["turn"], again["turn"]) == (1, 2)
        assert "pier" in again["understood_as"]
        status, shown = one.get(f"/conversations/{asked['conversation_id']}")
        assert (status, len(json.loads(shown)["replies"])) == (200, 2)
        assert (one.stop(), other.stop()) == (0, 0)
    assert json.loads(run("status", "--json", folder=homes[1]).stdout)["documents"] == 1
    assert run("doctor", folder=homes[1]).stdout == "All is well.\n"
    assert run("doctor", "--repair", folder=homes[1]).stdout == "All is well.\n"
    assert run("remove", "pier.md", folder=homes[1]).returncode == 0
    assert run("feedback", "export", folder=homes[1]).returncode == 0
