"""A worker's part in a run: a shard → what is to be committed of it."""

from __future__ import annotations

from functools import lru_cache

from index.batches import RunEmbedder
from index.crew import Finished, Job, Recipe, Refused, Shard
from index.embedding import Embedder
from index.errors import EmbedderError
from index.preparing import embed, prepare


class Hand:
    """One who works on shards; safe to use from several threads.

    Args:
        job: What holds for all files.
        recipe: How the embedder is opened.
        threads: That the embedder may use.
        name: What the worker is called.
        is_far: Whether the files are another machine's, and may not be there.
    """

    def __init__(
        self, job: Job, recipe: Recipe, *, threads: int, name: str, is_far: bool = False
    ) -> None:
        self._job = job
        self._name = name
        self._place = f"not readable on worker {name}: " if is_far else ""
        self._refusal = ""
        self._fault = ""
        self._embedder = RunEmbedder(self._open(recipe, threads), held=lambda _: {})

    def work(self, shard: Shard) -> Finished | Refused:
        """Make of each file of a shard what is to be committed."""
        if self._refusal:
            return Refused(self._refusal)
        embedder = self._embedder.embedder
        made = [
            prepare(candidate, embedder, max_bytes=self._job.max_bytes, place=self._place)
            for candidate in shard.candidates
        ]
        items = tuple(embed(made, self._embedder))
        return Finished(self._name, items, self._fault or self._embedder.fault)

    def _open(self, recipe: Recipe, threads: int) -> Embedder | None:
        if not self._job.embedder:
            return None
        try:
            embedder = _load(recipe, threads, self._job.embedder)
        except EmbedderError as error:
            self._fault = str(error)
            return None
        if embedder.name != self._job.embedder:
            _load.cache_clear()
            self._refusal = (
                f"worker {self._name} has the embedder {embedder.name}, the index's is "
                f"{self._job.embedder}: install the same weights for both"
            )
        return embedder


@lru_cache(maxsize=2)
def _load(recipe: Recipe, threads: int, name: str) -> Embedder:
    """Load an embedder once for all runs of this process, as long as they want the same one."""
    return recipe.load(recipe.model, threads=threads)
