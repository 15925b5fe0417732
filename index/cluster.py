"""A crew of Dask workers, on this machine or others that see the same files."""

from __future__ import annotations

import logging
import re
import socket
from functools import lru_cache
from itertools import count
from queue import Empty, SimpleQueue
from secrets import token_hex
from threading import Lock
from typing import TYPE_CHECKING, Any

from index.crew import Died, Finished, Job, Outcome, Recipe, Refused, Shard, digest_of_code
from index.errors import ConfigurationError, CrewError
from index.hand import Hand

if TYPE_CHECKING:
    from distributed import Client, Future

_logger = logging.getLogger(__name__)

_CONNECTING = 15.0  # seconds in which the scheduler answers
_LOOK = 2.0  # seconds between looks who is there
_AHEAD = 2  # shards to each thread of a worker: one is at work, one waits
_ADDRESS = re.compile(r"(?:tcp|tls)://[^/\s]+:\d+")
_OPENING = Lock()


class DaskCrew:
    """The workers of a cluster; those that come are given work, those that go are done without.

    Args:
        job: What holds for all files.
        recipe: How each worker opens its embedder.
        address: The scheduler's, ``tcp://HOST:PORT`` or ``tls://HOST:PORT``.

    Raises:
        ConfigurationError: The address has another form.
        CrewError: Nobody answers there, or Dask is not installed.
    """

    def __init__(self, job: Job, *, recipe: Recipe, address: str) -> None:
        self._address = address
        self._client = _connect(address)
        self._run = token_hex(8)
        self._numbers = count()
        self._terms = job, recipe, self._run, digest_of_code()
        self._out: dict[Any, tuple[Future, Shard]] = {}
        self._done: SimpleQueue[Future] = SimpleQueue()
        self._is_deserted = False
        self._threads = 0
        self._look()

    def __enter__(self) -> DaskCrew:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Take back what is handed out, and leave the cluster as it is."""
        self._client.close(timeout=1)

    @property
    def outstanding(self) -> int:
        """How many shards are handed out."""
        return len(self._out)

    @property
    def has_room(self) -> bool:
        """Whether the workers have less than they need to stay busy."""
        return self.outstanding < _AHEAD * max(1, self._threads)

    def give(self, shard: Shard) -> None:
        """Hand out a shard to whichever worker is next."""
        key = f"shard-{self._run}-{next(self._numbers)}"
        future = self._client.submit(work, shard, *self._terms, key=key, pure=False)
        self._out[key] = future, shard
        future.add_done_callback(self._done.put)

    def collect(self) -> list[Outcome]:
        """Wait until a worker has finished a shard, or too many have died of it.

        Raises:
            CrewError: The scheduler is gone, or a worker cannot work.
        """
        while True:
            try:
                future = self._done.get(timeout=_LOOK)
            except Empty:
                self._look()
                continue
            _, shard = self._out.pop(future.key)
            outcome = self._result(future)
            self._look()
            return [(shard, outcome)]

    def _look(self) -> None:
        """See how many threads work, and say when there are none."""
        try:
            self._threads = sum(self._client.nthreads().values())
        except (OSError, RuntimeError, ValueError):  # futures will tell that the scheduler is gone
            return
        if not self._threads and not self._is_deserted:
            _logger.warning(
                "%s has no workers; waiting for one: dask worker %s", self._address, self._address
            )
        self._is_deserted = not self._threads

    def _result(self, future: Future) -> Finished | Died:
        from concurrent.futures import CancelledError

        from distributed import KilledWorker

        try:
            told: Finished | Refused = future.result()
        except KilledWorker as error:
            name, times = error.last_worker.address, error.allowed_failures + 1
            return Died(name, f"{times} workers in turn", times)
        except (CancelledError, OSError) as error:
            raise CrewError(
                f"the Dask scheduler at {self._address} is gone: start it again with its workers, "
                "and give the same command; what was committed stays"
            ) from error
        except Exception as error:  # whatever a worker without our code raises
            raise CrewError(
                f"a worker of {self._address} cannot work ({type(error).__name__}: {error}): "
                "install the same document-assistant[scale] there, and start it again"
            ) from error
        if isinstance(told, Refused):
            raise CrewError(told.reason)
        return told


def work(shard: Shard, job: Job, recipe: Recipe, run: str, code: str) -> Finished | Refused:
    """Work on a shard, in a worker."""
    from distributed import get_worker

    worker = get_worker()
    name = f"{socket.gethostname()} ({worker.address})"
    if code != digest_of_code():
        return Refused(
            f"worker {name} runs another version of document-assistant: install the same one "
            "there, and start it again"
        )
    with _OPENING:
        hand = _hand(run, job, recipe, worker.state.nthreads, name)
    return hand.work(shard)


@lru_cache(maxsize=2)
def _hand(run: str, job: Job, recipe: Recipe, threads: int, name: str) -> Hand:
    """Return what works for a run in this process, of which there may be some at a time."""
    return Hand(job, recipe, threads=threads, name=name, is_far=True)


def _connect(address: str) -> Client:
    if not _ADDRESS.fullmatch(address):
        raise ConfigurationError(
            f"dask cannot be {address!r}: name a scheduler as tcp://HOST:8786 or tls://HOST:8786"
        )
    try:
        from distributed import Client
    except ImportError as error:
        raise CrewError("Dask is not installed: pip install 'document-assistant[scale]'") from error
    try:
        return Client(address, timeout=_CONNECTING, set_as_default=False)
    except (OSError, TypeError, ValueError, RuntimeError) as error:
        raise CrewError(
            f"no Dask scheduler answers at {address} ({error}): start one with `dask scheduler`, "
            "and name its address"
        ) from error
