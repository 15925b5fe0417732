"""Processes forked from this one, which has imported everything and started no thread."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn

_ROOM = 2**20  # bytes that a pipe holds: what is told before a kill is read after it
MARK = "TORTURE_RUN"  # an environment variable that every process of a run inherits


class Forked:
    """A process that does some work and tells about it.

    Args:
        work: Is given the pipe to tell in; what it raises is shown on standard error.
    """

    def __init__(self, work: Callable[[int], None]) -> None:
        if len(os.listdir("/proc/self/task")) > 1:  # noqa: PTH208 -- names alone are counted
            raise RuntimeError("a process with threads must not be forked")
        self._read, write = os.pipe()
        fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, _ROOM)
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._read)
            _work(work, write)
        os.close(write)
        self.code: int | None = None

    def kill(self) -> bool:
        """Kill it; tell whether it was still at work."""
        os.kill(self.pid, signal.SIGKILL)
        return self.wait() == -signal.SIGKILL

    def wait(self, seconds: float = 120.0) -> int:
        """Return its exit code, negative for a signal; a process that hangs is killed."""
        until = time.monotonic() + seconds
        while self.code is None:
            found, status = os.waitpid(self.pid, os.WNOHANG)
            if found:
                self.code = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > until:
                os.kill(self.pid, signal.SIGKILL)
            else:
                time.sleep(0.002)
        return self.code

    def told(self) -> list[str]:
        """Return the lines that it told, once it has ended; one that was cut short is left out."""
        with os.fdopen(self._read, "rb") as pipe:
            return pipe.read().decode().split("\n")[:-1]


def ask(work: Callable[[], Any]) -> Any:
    """Return what a function returns in a process of its own; a failure is returned as text."""

    def tell(pipe: int) -> None:
        os.write(pipe, json.dumps(work()).encode() + b"\n")

    forked = Forked(tell)
    code = forked.wait()
    told = forked.told()
    return json.loads(told[0]) if code == 0 else f"the process ended with {code}"


def command(
    *arguments: str, errors: Path, prepare: Callable[[], None] = lambda: None
) -> Callable[[int], None]:
    """Return the work of one command of ours, which tells what it prints.

    Args:
        arguments: The command's.
        errors: The file that its standard error goes to.
        prepare: Is called in the process before.
    """

    def work(pipe: int) -> None:
        from assistant import opening
        from assistant.cli import main
        from torture.models import HashingEmbedder

        opening.open_embedder = lambda settings: HashingEmbedder()
        os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 2)
        os.dup2(pipe, 1)
        prepare()
        sys.argv = ["assistant", *arguments]
        main()

    return work


def events_of(lines: Iterable[str]) -> list[dict[str, Any]]:
    """Return the events that a command told, of lines of JSON among others."""
    return [json.loads(line) for line in lines if line.startswith("{")]


def left_over(mark: str, *, patience: float = 10.0) -> int:
    """Count the processes of a run that outlive the one that started them.

    Args:
        mark: What they have in their environment.
        patience: Seconds in which they may end.
    """
    until = time.monotonic() + patience
    while (found := _marked(mark)) and time.monotonic() < until:
        time.sleep(0.05)
    for pid in found:
        os.kill(pid, signal.SIGKILL)
    return len(found)


def _marked(mark: str) -> list[int]:
    wanted = f"{MARK}={mark}".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if wanted in path.read_bytes().split(b"\0") and int(path.parent.name) != os.getpid():
                found.append(int(path.parent.name))
        except OSError:  # it has ended, or is somebody else's
            continue
    return found


def _work(work: Callable[[int], None], pipe: int) -> NoReturn:
    code = 1
    try:
        work(pipe)
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
