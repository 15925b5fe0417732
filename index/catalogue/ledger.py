"""The ledger of a run over several workers: its shards, and how each has fared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from time import time

from sqlalchemy import Connection, delete, func, insert, select, update

from index.catalogue import tables

FileKey = tuple[str, str]  # the name of a root, and a path relative to it

_PLANNED, _DONE = "planned", "done"
_shards = tables.shards.c


@dataclass(frozen=True, slots=True)
class Plan:
    """Files that are handed out together.

    Attributes:
        files: What they are called in the index.
        attempts: How often the worker that had them has died.
        is_alone: Whether nothing else is to be handed out meanwhile: a file under suspicion.
    """

    files: tuple[FileKey, ...]
    attempts: int = 0
    is_alone: bool = False


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A run that has not come to its end, or is still at work."""

    shards: int
    done: int
    begun: float  # seconds since the epoch


class Ledger:
    """The table of shards, within one transaction of the catalogue."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def plan(self, run: str, plans: Sequence[Plan]) -> list[int]:
        """Add shards to a run and return their numbers, in their order."""
        if not plans:
            return []
        query = insert(tables.shards).returning(_shards.number, sort_by_parameter_order=True)
        rows = [
            {
                "run": run,
                "files": [list(key) for key in plan.files],
                "attempts": plan.attempts,
                "is_alone": int(plan.is_alone),
                "status": _PLANNED,
                "worker": "",
                "planned_at": time(),
            }
            for plan in plans
        ]
        return list(self._connection.execute(query, rows).scalars())

    def tried(self, run: str) -> list[Plan]:
        """Return the shards of a run that have cost a worker its life and are not done."""
        query = select(tables.shards).where(
            _shards.run == run, _shards.status == _PLANNED, _shards.attempts + _shards.is_alone > 0
        )
        return [
            Plan(tuple((root, path) for root, path in row.files), row.attempts, bool(row.is_alone))
            for row in self._connection.execute(query.order_by(_shards.number))
        ]

    def finish(self, number: int, worker: str) -> None:
        """Note that a shard is done; in the transaction that commits what came of it."""
        done = {"status": _DONE, "worker": worker, "finished_at": time()}
        self._connection.execute(update(tables.shards).where(_shards.number == number).values(done))

    def blame(self, number: int, worker: str, attempts: int) -> None:
        """Note how often the workers that had a shard have died, and which one did last."""
        blamed = {"attempts": attempts, "worker": worker}
        query = update(tables.shards).where(_shards.number == number)
        self._connection.execute(query.values(blamed))

    def drop(self, numbers: Iterable[int]) -> None:
        """Forget shards in whose place others come."""
        self._connection.execute(delete(tables.shards).where(_shards.number.in_(list(numbers))))

    def forget(self, run: str) -> None:
        """Forget a run: it has come to its end, or is planned anew."""
        self._connection.execute(delete(tables.shards).where(_shards.run == run))

    def unfinished(self) -> list[Unfinished]:
        """Return the runs that have not come to their end, the earliest first."""
        done = func.sum((_shards.status == _DONE).cast(tables.shards.c.attempts.type))
        begun = func.min(_shards.planned_at)
        query = select(func.count(), done, begun).group_by(_shards.run).order_by(begun)
        return [Unfinished(*row) for row in map(tuple, self._connection.execute(query))]
