"""Handing the files of a run out to a crew, and committing what comes back.

Only this process commits, and each shard with its line in the ledger: whoever dies, no file is
lost and none is in twice.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from math import ceil
from pathlib import Path

from index.batches import adopt
from index.catalogue.entries import Entry
from index.catalogue.ledger import FileKey, Ledger, Plan
from index.committing import commit
from index.crew import Crew, Died, Finished, Shard, outcomes
from index.embedding import Embedder
from index.events import Event
from index.preparing import Candidate, Prepared, reject
from index.store import Store

_logger = logging.getLogger(__name__)

_FILES = 32  # in a shard, at most
_BYTES = 2**20  # likewise; a larger file is one of its own
_SHARDS = 16  # at least, where there are so many files: a short run too is for all workers
_PATIENCE = 3  # workers that a shard may cost, and then a file alone
_REMEDY = "open it in its own program and save it anew, or leave it out"


def name_of_run(paths: Iterable[Path]) -> str:
    """Return the name of a run over these paths: the same paths go on with the same run."""
    return sha256("\n".join(sorted(map(str, paths))).encode(errors="replace")).hexdigest()[:16]


class Foreman:
    """Has the right to commit.

    Args:
        store: The index, within ``Store.writing``.
        crew: Who works.
        run: The run's name in the ledger.
        embedder: Whose vectors the crew makes; it becomes the index's own with the first of them.
    """

    def __init__(self, store: Store, crew: Crew, run: str, embedder: Embedder | None) -> None:
        self._store = store
        self._crew = crew
        self._run = run
        self._embedder = embedder
        self._has_warned = False

    def events(self, candidates: Sequence[Candidate]) -> Iterator[Event]:
        """Have files read and embedded, commit them, and tell of each."""
        pending = deque(self._plan(candidates))
        for shard, outcome in outcomes(self._crew, pending):
            if isinstance(outcome, Finished):
                yield from self._commit(shard, outcome)
            else:
                yield from self._try_again(shard, outcome, pending)

    def _plan(self, candidates: Sequence[Candidate]) -> list[Shard]:
        """Cut files into shards; those that have cost workers before stay as they were."""
        left = {_key(candidate): candidate for candidate in candidates}
        with self._store.catalogue.ledger() as ledger:
            cuts = []
            for plan in ledger.tried(self._run):
                held = tuple(left.pop(key) for key in plan.files if key in left)
                if held:
                    cuts.append(Shard(0, held, plan.attempts, plan.is_alone))
            cuts += [Shard(0, part) for part in _cut(left.values())]
            ledger.forget(self._run)
            shards = self._note(ledger, cuts)
        return sorted(shards, key=lambda shard: (shard.is_alone, shard.number))

    def _note(self, ledger: Ledger, cuts: Sequence[Shard]) -> list[Shard]:
        plans = [Plan(tuple(map(_key, cut.candidates)), cut.attempts, cut.is_alone) for cut in cuts]
        numbers = ledger.plan(self._run, plans)
        return [replace(cut, number=number) for cut, number in zip(cuts, numbers, strict=True)]

    def _commit(self, shard: Shard, finished: Finished) -> Iterator[Event]:
        if finished.fault and not self._has_warned:
            self._has_warned = True
            _logger.warning(
                "worker %s: %s; going on without its vectors, which a later run will add",
                finished.worker,
                finished.fault,
            )
        if self._embedder and any(_has_vectors(item) for item in finished.items):
            adopt(self._store, self._embedder)
        batch = list(zip(shard.candidates, finished.items, strict=True))
        yield from commit(
            self._store, batch, lambda ledger: ledger.finish(shard.number, finished.worker)
        )

    def _try_again(self, shard: Shard, died: Died, pending: deque[Shard]) -> Iterator[Event]:
        """Hand a shard out again; after too many dead workers file by file, then no more."""
        shard = replace(shard, attempts=shard.attempts + died.times)
        _logger.warning("worker %s has died (%s): its files are given out again",
                        died.worker, died.manner)  # fmt: skip
        if shard.attempts < _PATIENCE:
            with self._store.catalogue.ledger() as ledger:
                ledger.blame(shard.number, died.worker, shard.attempts)
            (pending.append if shard.is_alone else pending.appendleft)(shard)
        elif shard.is_alone:
            reason = f"{shard.attempts} workers died of it ({died.manner}); {_REMEDY}"
            refused = tuple(reject(candidate, reason) for candidate in shard.candidates)
            yield from self._commit(shard, Finished(died.worker, refused))
        else:
            with self._store.catalogue.ledger() as ledger:
                ledger.drop([shard.number])
                singles = [Shard(0, (one,), is_alone=True) for one in shard.candidates]
                pending.extend(self._note(ledger, singles))


def _has_vectors(item: Prepared) -> bool:
    return isinstance(item, Entry) and item.vectors is not None


def _key(candidate: Candidate) -> FileKey:
    return candidate.scope.root.name, candidate.file.relative


def _cut(candidates: Collection[Candidate]) -> Iterator[tuple[Candidate, ...]]:
    total = sum(candidate.file.stamp.size for candidate in candidates)
    most_files = min(_FILES, ceil(len(candidates) / _SHARDS))
    most_bytes = min(_BYTES, ceil(total / _SHARDS))
    shard: list[Candidate] = []
    size = 0
    for candidate in candidates:
        if shard and (len(shard) == most_files or size + candidate.file.stamp.size > most_bytes):
            yield tuple(shard)
            shard, size = [], 0
        shard.append(candidate)
        size += candidate.file.stamp.size
    if shard:
        yield tuple(shard)
