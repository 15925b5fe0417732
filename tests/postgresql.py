"""A PostgreSQL server for tests, on a socket in a folder of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

_PROGRAMS = Path("/usr/lib/postgresql")
# Letters are compared as people do, unless a column says otherwise; nothing outlives the tests.
_CLUSTER = ("-U", "postgres", "--auth-local=trust", "--auth-host=scram-sha-256", "-E", "UTF8",
            "--no-sync", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en",
            )  # fmt: skip
_QUICKLY = (
    "-c fsync=off -c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder}"
)


class Server:
    """A server; each database of it is a test's own."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self._folder, self._programs = folder, programs
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self.port = taken.getsockname()[1]  # where passwords are asked for
        self._numbers = count(1)
        self._run("initdb", "-D", f"{folder}/data", *_CLUSTER)
        self.start()

    def start(self) -> None:
        """Start it, once it answers."""
        options = _QUICKLY.format(folder=self._folder, port=self.port)
        log = f"{self._folder}/log"
        self._run("pg_ctl", "start", "-w", "-D", f"{self._folder}/data", "-l", log, "-o", options)

    def stop(self) -> None:
        """Stop it at once, whoever is connected."""
        self._run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", f"{self._folder}/data")

    def database(self) -> str:
        """Make a database, and return the setting `catalogue` for it."""
        name = f"test{next(self._numbers)}"
        where = "-h", str(self._folder), "-p", str(self.port)
        self._run("createdb", *where, "-U", "postgres", name)
        return f"postgresql://postgres@/{name}?host={self._folder}&port={self.port}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [*_as_another(), str(self._programs / program), *arguments]
        done = subprocess.run(
            command, cwd=self._folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (command, done.stderr)


@contextmanager
def running() -> Iterator[Server]:
    """Run a server; skip the test where none is installed, but never where CI runs it."""
    programs = [program.parent for program in _PROGRAMS.glob("*/bin/postgres")]
    if not programs:
        missing = f"there is no PostgreSQL in {_PROGRAMS}"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    pytest.importorskip("psycopg")
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    try:
        if os.geteuid() == 0:
            user = pwd.getpwnam(_USER)
            os.chown(folder, user.pw_uid, user.pw_gid)
        server = Server(folder, max(programs))
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


_USER = "postgres"  # Debian's, with the server: as root it does not run


def _as_another() -> list[str]:
    return ["runuser", "-u", _USER, "--"] if os.geteuid() == 0 else []
