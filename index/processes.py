"""A crew of processes of this machine."""

from __future__ import annotations

import logging
import os
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

from index.children import behave_as_child, manner_of, start_child
from index.crew import Died, Finished, Job, Outcome, Recipe, Refused, Shard
from index.errors import CrewError
from index.hand import Hand

_READY = "ready"  # a worker's first word: who dies before it, dies of no file
_STARTS = 4  # of a worker, in a row


@dataclass(slots=True)
class _Worker:
    process: subprocess.Popen[bytes]
    pipe: Connection[Any, Any]
    name: str
    shard: Shard | None = None

    def end(self) -> int:
        """Return the process's exit code, when it has ended."""
        self.pipe.close()
        self.process.kill()
        return self.process.wait()


class ProcessCrew:
    """Processes that each work on one shard at a time; one that dies is replaced.

    Args:
        job: What holds for all files.
        recipe: How each opens its embedder.
        count: How many there are.
        threads: That the embedder of each may use.

    Raises:
        CrewError: They cannot be started.
    """

    def __init__(self, job: Job, *, recipe: Recipe, count: int, threads: int) -> None:
        self._terms = job, recipe, threads
        self._workers: list[_Worker] = []
        try:
            for _ in range(count):
                self._workers.append(_start(job, recipe, threads))
            for number, worker in enumerate(self._workers):
                self._workers[number] = _ready(worker, self._terms)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> ProcessCrew:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes, whatever they are at."""
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    @property
    def outstanding(self) -> int:
        """How many shards are handed out."""
        return sum(worker.shard is not None for worker in self._workers)

    @property
    def has_room(self) -> bool:
        """Whether a process has nothing to do."""
        return self.outstanding < len(self._workers)

    def give(self, shard: Shard) -> None:
        """Hand out a shard to a process that has none."""
        worker = next(worker for worker in self._workers if worker.shard is None)
        worker.shard = shard
        with suppress(OSError):  # it is dead, which ``collect`` will tell
            worker.pipe.send(shard)

    def collect(self) -> list[Outcome]:
        """Wait until processes have finished their shards, or died.

        Raises:
            CrewError: A process cannot work, or none can be started in its place.
        """
        ready = wait([worker.pipe for worker in self._workers if worker.shard])
        return [self._take(worker) for worker in list(self._workers) if worker.pipe in ready]

    def _take(self, worker: _Worker) -> Outcome:
        shard, worker.shard = worker.shard, None
        if shard is None:
            raise RuntimeError(f"{worker.name} answers without being asked")
        try:
            told: Finished | Refused = worker.pipe.recv()
        except (EOFError, OSError):
            manner = manner_of(worker.end())
            fresh = _ready(_start(*self._terms), self._terms)
            self._workers[self._workers.index(worker)] = fresh
            return shard, Died(worker.name, manner)
        if isinstance(told, Refused):
            raise CrewError(told.reason)
        return shard, told


def main(descriptor: int) -> None:
    """Work on shards until nobody asks any more.

    Args:
        descriptor: Of a pipe, on which the terms come first, and then a shard at a time.
    """
    behave_as_child(descriptor)
    logging.getLogger("index").setLevel(logging.ERROR)  # the process that asks warns, once
    with Connection(descriptor) as pipe, suppress(EOFError, BrokenPipeError):
        job, recipe, threads = pipe.recv()
        hand = Hand(job, recipe, threads=threads, name=f"process {os.getpid()}")
        pipe.send(_READY)
        while True:
            pipe.send(hand.work(pipe.recv()))


def _start(job: Job, recipe: Recipe, threads: int) -> _Worker:
    process, pipe = start_child(__name__)
    with suppress(OSError):
        pipe.send((job, recipe, threads))
    return _Worker(process, pipe, f"process {process.pid}")


def _ready(worker: _Worker, terms: tuple[Job, Recipe, int]) -> _Worker:
    """Wait until a process can work; one that is killed before is replaced.

    Raises:
        CrewError: It cannot work, or is killed again and again.
    """
    for _ in range(_STARTS):
        try:
            worker.pipe.recv()
        except (EOFError, OSError):
            code = worker.end()
            if code >= 0:
                break
            worker = _start(*terms)
        else:
            return worker
    worker.end()
    raise CrewError(
        f"{worker.name} cannot read files, it ended with {manner_of(code)}: see its messages "
        "above, or index without --processes"
    )
