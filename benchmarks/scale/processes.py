"""Measuring in a process of its own: its memory is then that of what is measured."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import NamedTuple, ParamSpec, TypeVar

import numpy as np

from benchmarks import seconds

P = ParamSpec("P")
T = TypeVar("T")


class Latency(NamedTuple):
    """Milliseconds of a search."""

    first: float  # the first of all
    median: float
    p95: float


def apart(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function of a module in a fresh process."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(function, *args, **kwargs).result()


def memory(name: str) -> float:
    """Return this process's memory in GB: ``VmRSS`` is what it has, ``VmHWM`` the most it had."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [kibibytes] = [line.split()[1] for line in status.splitlines() if line.startswith(name)]
    return int(kibibytes) * 1024 / 1e9


def disk(path: Path) -> float:
    """Return how much a file, or all files of a folder, hold in GB."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files) / 1e9


def drop_from_memory(path: Path) -> None:
    """Have the system forget what it keeps of the files, as after a restart."""
    os.sync()
    for file in [path] if path.is_file() else path.rglob("*"):
        if file.is_file():
            with file.open("rb") as opened:
                os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def latency(search: Callable[[int], object], count: int) -> Latency:
    """Time a search for each of ``count`` queries, given by number, when all were made once."""
    times = [[seconds(partial(search, number)) for number in range(count)] for _ in range(2)]
    warm = [1e3 * taken for taken in times[1]]
    return Latency(1e3 * times[0][0], median(warm), float(np.percentile(warm, 95)))
