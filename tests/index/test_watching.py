from __future__ import annotations

import time
from pathlib import Path
from threading import Event, Thread

import pytest

from index.embedding import Embedder
from index.events import Committed, Done, Removed
from index.events import Event as Happening
from index.ingest import IndexingSettings
from index.store import Store
from index.watching import watch


@pytest.mark.slow
def test_changes_of_a_folder_are_followed(tmp_path: Path, embedder: Embedder) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "first.txt").write_text("The council met in Rome.")
    stop = Event()
    told: list[Happening] = []

    def follow() -> None:
        # The index lies in the folder that is watched: its own writes must not wake the watch.
        with Store.open(docs / "index", embedder_name=None, create=True) as store:
            settings = IndexingSettings()
            told.extend(watch(store, [docs], embedder=embedder, settings=settings, stop=stop))

    follower = Thread(target=follow)
    follower.start()

    def wait_for(kind: type[Committed | Removed], path: str) -> None:
        until = time.monotonic() + 10
        while not any(isinstance(event, kind) and event.path == path for event in list(told)):
            assert time.monotonic() < until, f"no {kind.__name__} of {path} among {told}"
            time.sleep(0.02)

    try:
        wait_for(Committed, "first.txt")
        (docs / "second.txt").write_text("The mission ended.")
        wait_for(Committed, "second.txt")
        (docs / "first.txt").unlink()
        wait_for(Removed, "first.txt")
        time.sleep(0.7)
        runs = sum(isinstance(event, Done) for event in told)
        assert runs <= 4
    finally:
        stop.set()
        follower.join(10)
    assert not follower.is_alive()
