"""Following folders: whatever changes in them is indexed soon after."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event as Signal

from watchfiles import watch as watch_files
from watchfiles.main import FileChange

from index.embedding import Embedder
from index.errors import IndexLockedError
from index.events import Event
from index.ingest import IndexingSettings, index
from index.store import Store

_logger = logging.getLogger(__name__)

_DEBOUNCE_MS = 400  # an editor writes a file in several steps
_LOOK_MS = 500  # between looks whether to stop, and whether another writer has finished


def watch(
    store: Store,
    paths: Sequence[Path],
    *,
    embedder: Embedder | None,
    settings: IndexingSettings,
    stop: Signal,
) -> Iterator[Event]:
    """Index files and folders again after each change to them, until ``stop`` is set.

    The first run begins when the watch stands, so that no change falls in between. While another
    writer is at work, runs wait for it.
    """
    places = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100 - a link stays
    is_due = True
    is_waiting = False
    for changed in _looks(places, stop):
        is_due = is_due or any(_concerns(path, places, store.folder) for path in changed)
        if not is_due:
            continue
        try:
            yield from index(store, paths, embedder=embedder, settings=settings)
            is_due = is_waiting = False
        except IndexLockedError as error:
            if not is_waiting:
                _logger.warning("%s (the watch does so by itself)", error)
            is_waiting = True


def _looks(places: Sequence[Path], stop: Signal) -> Iterator[list[Path]]:
    """Yield what has changed around the places, an empty list every so often where nothing has.

    Of a file, its folder is watched, because editors replace files; what lies below is not.
    """
    folders = {place for place in places if place.is_dir()}
    parents = {place.parent for place in places if place.is_file()}
    watches = [_watch(folders, stop, recursive=True)] if folders or not parents else []
    if parents:
        watches.append(_watch(parents, stop, recursive=False))
    for looks in zip(*watches, strict=False):
        yield [Path(path) for changes in looks for _, path in changes]


def _watch(places: set[Path], stop: Signal, *, recursive: bool) -> Iterator[set[FileChange]]:
    # No filter: changes that are filtered out would keep it from yielding at all.
    return watch_files(
        *places,
        watch_filter=None,
        debounce=_DEBOUNCE_MS,
        rust_timeout=_LOOK_MS,
        yield_on_timeout=True,
        stop_event=stop,
        recursive=recursive,
    )


def _concerns(changed: Path, places: Sequence[Path], index_folder: Path) -> bool:
    in_index = changed.resolve().is_relative_to(index_folder.resolve())
    return not in_index and any(map(changed.is_relative_to, places))
