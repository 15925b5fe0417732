"""Dask clusters for tests: scheduler and workers are processes of their own, over TCP."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from index.cluster import DaskCrew
from index.crew import Hire, Recipe
from tests.index import crews
from tests.waiting import wait_until

ROOT = Path(__file__).parent.parent.parent
_QUIETLY = "--dashboard-address", "127.0.0.1:0"  # as docs/scale.md says


class Cluster:
    """A scheduler and workers on loopback, each a process that can be killed."""

    def __init__(self, folder: Path, protocol: str = "tcp", **environment: str) -> None:
        self._folder = folder
        self._environment = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self.port = taken.getsockname()[1]
        self.address = f"{protocol}://127.0.0.1:{self.port}"
        self._protocol = protocol
        self.workers: list[subprocess.Popen[bytes]] = []
        self.start_scheduler()

    def start_scheduler(self) -> None:
        where = ["--host", "127.0.0.1", "--port", str(self.port), "--protocol", self._protocol]
        self.scheduler = self._start("scheduler", *where, *_QUIETLY, "--no-show")
        wait_until(self._is_up)

    def start_workers(self, number: int, *options: str) -> None:
        options = ("--host", "127.0.0.1", "--nthreads", "1", *_QUIETLY, *options)
        for _ in range(number):
            self.workers.append(self._start("worker", self.address, *options))

    def kill_workers(self) -> None:
        for worker in self.workers:
            end(worker)
        self.workers.clear()

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            end(process)

    def hire(self, load: object = crews.hashing) -> Hire:
        return partial(DaskCrew, recipe=Recipe(None, load), address=self.address)  # type: ignore[arg-type]

    def _start(self, *command: str) -> subprocess.Popen[bytes]:
        with (self._folder / "log.txt").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", *command],
                env=self._environment, cwd=self._folder, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def _is_up(self) -> bool:
        with socket.socket() as asking:
            return asking.connect_ex(("127.0.0.1", self.port)) == 0


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and those that it has started."""
    with suppress(ProcessLookupError):  # it was ended before
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def cluster_of(workers: int, folder: Path, *options: str) -> Iterator[Cluster]:
    folder.mkdir(exist_ok=True)
    cluster = Cluster(folder)
    try:
        cluster.start_workers(workers, *options)
        yield cluster
    finally:
        cluster.close()


def make_certificates(folder: Path) -> tuple[Path, Path, Path]:
    """Make a throw-away authority, and a certificate that it has signed with its key."""
    authority, certificate, key = (folder / name for name in ("ca.pem", "cert.pem", "key.pem"))
    new = ["-newkey", "rsa:2048", "-nodes", "-subj"]
    signing = ["-CA", str(authority), "-CAkey", str(folder / "ca-key.pem"), "-days", "2"]
    for line in (
        ["req", "-x509", *new, "/CN=authority", "-days", "2", "-keyout",
         str(folder / "ca-key.pem"), "-out", str(authority)],
        ["req", *new, "/CN=ours", "-keyout", str(key), "-out", str(folder / "request.pem")],
        ["x509", "-req", "-in", str(folder / "request.pem"), *signing, "-out", str(certificate)],
    ):  # fmt: skip
        subprocess.run(["openssl", *line], check=True, capture_output=True)
    return authority, certificate, key
