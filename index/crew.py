"""Who reads and embeds the files of a run, when it is not the process that commits."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from index.embedding import Embedder, load_embedder
from index.preparing import Candidate, Prepared


@dataclass(frozen=True, slots=True)
class Job:
    """What holds for all files of a run.

    Attributes:
        embedder: The name of the one whose vectors are wanted; "" for none.
        max_bytes: Larger files are not read.
    """

    embedder: str
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a worker opens its embedder.

    Attributes:
        model: What ``load`` is given.
        load: Of a module's own level, with a keyword ``threads``; raises EmbedderError.
    """

    model: str | None
    load: Callable[..., Embedder] = load_embedder


@dataclass(frozen=True, slots=True)
class Shard:
    """Files that are handed out together: all that is lost when a worker dies.

    Attributes:
        number: In the ledger.
        candidates: The files.
        attempts: How often the worker that had them has died.
        is_alone: Whether nothing else is to be handed out meanwhile: a file under suspicion.
    """

    number: int
    candidates: tuple[Candidate, ...]
    attempts: int = 0
    is_alone: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """What a worker made of a shard.

    Attributes:
        worker: What it is called.
        items: Of each file of the shard, in their order.
        fault: Why they have no vectors; "" where they have.
    """

    worker: str
    items: tuple[Prepared, ...]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a worker cannot work for this run at all."""

    reason: str


@dataclass(frozen=True, slots=True)
class Died:
    """The worker that had a shard is dead.

    Attributes:
        worker: What it was called.
        manner: How it ended.
        times: Workers that the shard has cost.
    """

    worker: str
    manner: str
    times: int = 1


Outcome = tuple[Shard, Finished | Died]


class Crew(AbstractContextManager["Crew"], Protocol):
    """Workers that are handed shards; few at a time, so that results never pile up."""

    @property
    def outstanding(self) -> int:
        """How many shards are handed out."""

    @property
    def has_room(self) -> bool:
        """Whether another shard may be handed out."""

    def give(self, shard: Shard) -> None:
        """Hand out a shard."""

    def collect(self) -> list[Outcome]:
        """Wait until something has become of a shard, and return it.

        Raises:
            CrewError: Nobody is there any more to work.
        """


Hire = Callable[[Job], Crew]


def outcomes(crew: Crew, pending: deque[Shard]) -> Iterator[Outcome]:
    """Hand out shards and yield what becomes of them, until none are left.

    Args:
        crew: The workers.
        pending: The shards, those that go alone last; more may be put there meanwhile.
    """
    while pending or crew.outstanding:
        _hand_out(crew, pending)
        collected = crew.collect()
        if not any(isinstance(outcome, Died) for _, outcome in collected):  # its shard goes first
            _hand_out(crew, pending)  # nobody is idle while what has come is committed
        yield from collected


def _hand_out(crew: Crew, pending: deque[Shard]) -> None:
    while pending and crew.has_room and not (pending[0].is_alone and crew.outstanding):
        crew.give(pending.popleft())


@cache
def digest_of_code() -> str:
    """Return the digest of all code that makes documents: workers must run the same."""
    digest = sha256()
    folder = Path(__file__).parent
    for path in sorted(folder.rglob("*.py")):
        digest.update(f"{path.relative_to(folder).as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]
