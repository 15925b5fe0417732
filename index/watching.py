"""Following folders: whatever changes in them is indexed soon after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event as Signal

from watchfiles import Change
from watchfiles import watch as watch_files

from index.embedding import Embedder
from index.events import Event
from index.ingest import IndexingSettings, index
from index.store import Store

_DEBOUNCE_MS = 400  # an editor writes a file in several steps
_LOOK_MS = 500  # between looks whether to stop


def watch(
    store: Store,
    paths: Sequence[Path],
    *,
    embedder: Embedder | None,
    settings: IndexingSettings,
    stop: Signal,
) -> Iterator[Event]:
    """Index files and folders again after each change to them, until ``stop`` is set.

    The first run begins when the watch stands, so that no change falls in between.

    Raises:
        IndexLockedError: Another writer is at work and stays at it.
    """
    places = [path.absolute() for path in paths]

    def concerns(_: Change, changed: str) -> bool:
        file = Path(changed)
        return not file.is_relative_to(store.folder) and any(map(file.is_relative_to, places))

    is_first = True
    for changes in watch_files(
        *{place.parent if place.is_file() else place for place in places if place.exists()},
        watch_filter=concerns,
        debounce=_DEBOUNCE_MS,
        rust_timeout=_LOOK_MS,
        yield_on_timeout=True,
        stop_event=stop,
    ):
        if changes or is_first:
            is_first = False
            yield from index(store, paths, embedder=embedder, settings=settings)
