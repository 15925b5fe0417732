"""Processes of our own that answer over a pipe, and end with the process that asks."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from threading import Thread
from typing import Any

# Modules are looked for where this process found them: never in the folder that it runs in.
_PROGRAM = "import sys; sys.path[:] = {path!r}; from {module} import main; main({pipe})"


def start_child(module: str) -> tuple[subprocess.Popen[bytes], Connection[Any, Any]]:
    """Start a process that calls a module's ``main`` with the descriptor of a pipe.

    Returns:
        The process, and our end of the pipe.
    """
    ours, theirs = Pipe()
    program = _PROGRAM.format(path=sys.path, module=module, pipe=theirs.fileno())
    with theirs:
        process = subprocess.Popen(  # noqa: S603 -- our own interpreter and program
            [sys.executable, "-c", program],
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            start_new_session=True,  # Ctrl-C is for the process that asks
        )
    return process, ours


def manner_of(code: int) -> str:
    """Return how a process ended, from its exit code."""
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def behave_as_child(descriptor: int) -> None:
    """End this process when the one that asks has ended, and print nothing as if it were an answer.

    Args:
        descriptor: Of the pipe to the one that asks.
    """
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    Thread(target=_end_with_the_asker, args=(descriptor,), daemon=True).start()


def _end_with_the_asker(descriptor: int) -> None:
    hanging_up = select.poll()
    hanging_up.register(descriptor, 0)  # of no other event is there word
    hanging_up.poll()
    os._exit(0)
