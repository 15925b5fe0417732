"""Feed readers, cleaning, splitting and test sets with a million inputs, and keep what breaks them.

``python -m torture.fuzzing N [TARGET...]`` fuzzes those targets alone.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe, Process, Value
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from random import Random
from time import monotonic

from torture.fuzzing_targets import TARGETS, Target

CORPUS = Path(__file__).parent.parent / "tests" / "torture" / "corpus"
_SLOW = 5.0  # seconds: more is a finding
_STUCK = 60.0  # seconds without an answer even to the alarm
_CHUNK = 5_000  # inputs to a process
_MEMORY = 6 * 2**30  # bytes
_SHRINKS = 400  # tries to make a finding smaller


class TooSlowError(BaseException):
    """An input took longer than any of its size should; no reader may catch it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An input that broke something, and what it broke."""

    target: str
    fault: str  # the error's type, place and message
    data: bytes


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Inputs that one process makes and checks."""

    target: str
    seed: int
    first: int
    count: int


def run(*, seed: int, runs: int = 1_000_000, names: Sequence[str] = tuple(TARGETS)) -> bool:
    """Fuzz targets and print what was found; tell whether nothing was.

    Args:
        seed: Another one makes other inputs.
        runs: Inputs over all targets, by their shares.
        names: The targets.
    """
    total = sum(TARGETS[name].share for name in names)
    inputs = {name: runs * TARGETS[name].share // total for name in names}
    start = monotonic()
    found = 0
    for finding in fuzz(inputs, seed=seed, processes=os.cpu_count() or 1):
        found += 1
        sys.stdout.write(f"{as_line(finding)}\n")
        sys.stdout.flush()
    taken = f"{sum(inputs.values()):,} inputs in {monotonic() - start:.0f} s"
    sys.stdout.write(f"fuzzing: {taken}; {found} broke something\n")
    return not found


def fuzz(inputs: Mapping[str, int], *, seed: int, processes: int = 1) -> Iterator[Finding]:
    """Check so many inputs of each target, in processes that may die, and yield what breaks."""
    chunks = [
        _Chunk(name, seed, first, min(_CHUNK, count - first))
        for name, count in inputs.items()
        for first in range(0, count, _CHUNK)
    ]
    chunks.sort(key=lambda chunk: chunk.first / inputs[chunk.target])  # some of each at any time
    spent, checked = dict.fromkeys(inputs, 0.0), dict.fromkeys(inputs, 0)
    with ThreadPoolExecutor(processes) as pool:
        for chunk, (seconds, found) in zip(chunks, pool.map(_in_process, chunks), strict=True):
            spent[chunk.target] += seconds
            checked[chunk.target] += chunk.count
            rate = checked[chunk.target] / spent[chunk.target]
            told = f"{sum(checked.values()):,} inputs; {chunk.target}: {rate:,.0f} a second"
            sys.stderr.write(f"{told} and process\n")
            yield from found


def replay(path: Path) -> Iterator[Finding]:
    """Check the inputs of a corpus file again, and yield those that still break something."""
    target = TARGETS[path.stem]
    for kept in json.loads(path.read_text("ascii")):
        data = kept["input"].encode("latin-1") * kept.get("times", 1)
        if fault := fault_of(target, data):
            yield Finding(path.stem, fault, data)


def as_line(finding: Finding) -> str:
    """Return a finding as the corpus keeps it, with its target."""
    kept = {"found": finding.fault, "input": finding.data.decode("latin-1")}
    return json.dumps({"target": finding.target, **kept})


def made_input(target: Target, name: str, seed: int, number: int) -> bytes:
    """Return an input by its number: the same one every time."""
    return target.mutate(Random(f"{seed} {name} {number}"), target.seeds())


def _in_process(chunk: _Chunk) -> tuple[float, list[Finding]]:
    """Check a chunk in a process of its own, and what is left of it in another if that dies."""
    found: list[Finding] = []
    start = monotonic()
    while chunk.count:
        at = Value("q", chunk.first)
        ours, theirs = Pipe(duplex=False)
        process = Process(target=_check_all, args=(chunk, at, theirs))
        process.start()
        theirs.close()
        found += _listen(process, at, ours)
        if process.exitcode == 0:
            break
        data = made_input(TARGETS[chunk.target], chunk.target, chunk.seed, at.value)
        found.append(Finding(chunk.target, f"process died: exit code {process.exitcode}", data))
        left = chunk.first + chunk.count - at.value - 1
        chunk = _Chunk(chunk.target, chunk.seed, at.value + 1, left)
    return monotonic() - start, found


def _listen(process: Process, at: Synchronized[int], pipe: Connection) -> list[Finding]:
    """Return what a process finds; one that is stuck is killed."""
    found: list[Finding] = []
    with suppress(EOFError):
        while True:
            before = at.value
            if pipe.poll(_STUCK):
                found.append(pipe.recv())
            elif at.value == before:
                process.kill()
    process.join()
    return found


def _check_all(chunk: _Chunk, at: Synchronized[int], pipe: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    target = TARGETS[chunk.target]
    seeds, told = target.seeds(), set[str]()
    for number in range(chunk.first, chunk.first + chunk.count):
        at.value = number
        data = target.mutate(Random(f"{chunk.seed} {chunk.target} {number}"), seeds)
        fault = fault_of(target, data)
        kind = fault.partition(":")[0]
        if fault and kind not in told:  # each way once
            told.add(kind)
            pipe.send(Finding(chunk.target, fault, _smallest(target, data, kind)))
    pipe.close()
    os._exit(0)  # the threads that this was forked among are not there to be waited for


def fault_of(target: Target, data: bytes) -> str:
    """Return what an input breaks: an error's type, its place and its message; "" for nothing."""

    def stop(_: int, __: object) -> None:
        raise TooSlowError

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, _SLOW)
    try:
        target.check(data)
    except (Exception, TooSlowError) as error:
        frames = traceback.extract_tb(error.__traceback__)[-2:]
        place = " ".join(f"{Path(frame.filename).name} {frame.name}" for frame in frames)
        return f"{type(error).__name__} in {place}: {str(error)[:300]}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return ""


def _smallest(target: Target, data: bytes, kind: str) -> bytes:
    """Take parts away from an input as long as it breaks the same."""
    size, tries = len(data) // 2, 0 if kind.startswith("TooSlow") else _SHRINKS
    while size and tries:
        at = 0
        while at < len(data) and tries:
            shorter, tries = data[:at] + data[at + size :], tries - 1
            if fault_of(target, shorter).startswith(f"{kind}:"):
                data = shorter
            else:
                at += size
        size //= 2
    return data


if __name__ == "__main__":
    sys.exit(0 if run(seed=1, runs=int(sys.argv[1]), names=sys.argv[2:] or tuple(TARGETS)) else 1)
