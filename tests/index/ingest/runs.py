"""Two documents to index, and what a run tells of them and leaves in the index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from index.events import Event
from index.store import Store
from torture.models import HashingEmbedder

ROME = "The council met in Rome.\n\nIt was founded in 2002 and has twenty-nine members.\n"
KABUL = "# The mission\n\nThe mission in Kabul ended in 2021.\n"

Kind = TypeVar("Kind", bound=Event)
Run = Callable[..., list[Event]]


class CountingEmbedder(HashingEmbedder):
    """Keeps the texts that it was given."""

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.embedded += texts
        return super().embed(texts)


def of(kind: type[Kind], events: Sequence[Event]) -> list[Kind]:
    return [event for event in events if isinstance(event, kind)]


def paths(store: Store) -> list[str]:
    return [summary.path for summary in store.documents()]
