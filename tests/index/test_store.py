from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from index.batches import add_documents
from index.embedding import Embedder
from index.errors import (
    ConfigurationError,
    IndexDamagedError,
    IndexFolderError,
    IndexLockedError,
    IndexMissingError,
    UnknownDocumentError,
)
from index.search import search
from index.store import Store
from index.store.caching import FileCaches
from tests.index.five_towns import (
    DOCUMENTS,
    TOWNS,
    Opener,
    fill,
    holds,
    remove,
    towns,
)


@pytest.fixture
def url(catalogue_url: str) -> str:
    return catalogue_url


def test_index_is_found_again_after_it_was_closed(opened: Opener, embedder: Embedder) -> None:
    store = opened()
    assert [summary.path for summary in store.documents()] == sorted(d.path for d in DOCUMENTS)
    assert store.document(DOCUMENTS[0].id) == DOCUMENTS[0]
    assert towns(store, embedder)[0] == "Prague"


def test_folder_without_an_index_is_said_to_be_none(tmp_path: Path, url: str) -> None:
    with pytest.raises(IndexMissingError, match="assistant index"):
        Store.open(tmp_path / "nowhere", embedder_name=None, catalogue=url)
    assert url or not (tmp_path / "nowhere").exists()


def test_file_in_place_of_the_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("")
    with pytest.raises(IndexFolderError, match="no folder"):
        Store.open(tmp_path / "index", embedder_name=None, create=True)


def test_commit_of_another_process_is_searched_at_once(opened: Opener, embedder: Embedder) -> None:
    reader, writer = opened(), opened()
    assert towns(reader, embedder)[0] == "Prague"
    remove(writer, "Prague")
    assert "Prague" not in towns(reader, embedder)
    fill(writer, embedder)
    assert towns(reader, embedder)[0] == "Prague"
    assert reader.generation == writer.generation


def test_snapshot_stays_at_its_generation(opened: Opener, embedder: Embedder) -> None:
    store = opened()
    with store.snapshot() as snapshot:
        before = search(snapshot, embedder, "Prague", k=5)
        remove(store, "Prague")
        after = search(snapshot, embedder, "Prague", k=5)
        assert after.hits == before.hits
        assert snapshot.document(DOCUMENTS[2].id) == DOCUMENTS[2]
    with pytest.raises(UnknownDocumentError):
        store.document(DOCUMENTS[2].id)
    assert "Prague" not in towns(store, embedder)


def test_snapshots_of_one_thread_do_not_nest(opened: Opener, embedder: Embedder) -> None:
    store = opened()
    with store.snapshot(), pytest.raises(RuntimeError, match="do not nest"):
        towns(store, embedder)
    assert towns(store, embedder)[0] == "Prague"


def test_waiting_search_goes_on_when_the_snapshot_before_ends(
    opened: Opener, embedder: Embedder
) -> None:
    store = opened()
    found: list[list[str]] = []
    waiting = threading.Thread(target=lambda: found.append(towns(store, embedder)))
    with store.snapshot():
        remove(store, "Prague")
        waiting.start()
        waiting.join(0.1)
        assert found == []
    waiting.join(5)
    assert "Prague" not in found[0]


def test_searches_that_waited_for_a_commit_go_on_together(opened: Opener) -> None:
    store = opened()
    together = threading.Barrier(3, timeout=30)

    def read() -> None:
        with store.snapshot():
            together.wait()

    with store.snapshot():
        remove(store, "Prague")
        waiting = [threading.Thread(target=read) for _ in range(2)]
        for thread in waiting:
            thread.start()
        waiting[0].join(0.2)
    together.wait()
    for thread in waiting:
        thread.join(5)


def test_changes_are_committed_by_the_writer_alone(opened: Opener) -> None:
    with pytest.raises(RuntimeError, match="are committed within"), opened().commit():
        pass


def test_second_writer_is_told_who_writes(opened: Opener) -> None:
    first, second = opened(), opened()
    message = r"process \d+( on \S+)? is writing"
    with first.writing(), pytest.raises(IndexLockedError, match=message), second.writing():
        pass
    with second.writing():
        pass


def test_killed_writer_blocks_nobody(folder: Path, opened: Opener, url: str) -> None:
    code = (
        "import os, pathlib, sys\n"
        "from index.store import Store\n"
        "store = Store.open(pathlib.Path(sys.argv[1]), embedder_name=None, catalogue=sys.argv[2])\n"
        "with store.writing(), store.commit() as changes:\n"
        "    changes.remove([summary.id for summary in changes.documents()])\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(folder), url], check=False)
    assert killed.returncode == -9
    store = opened()
    with store.writing():
        assert len(store.documents()) == 5


@pytest.mark.parametrize("url", [""])
def test_damaged_catalogue_is_said_to_be(folder: Path, embedder: Embedder) -> None:
    catalogue = folder / "catalogue.sqlite"
    data = bytearray(catalogue.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    catalogue.write_bytes(data)
    with pytest.raises(IndexDamagedError, match="malformed"):
        Store.open(folder, embedder_name=embedder.name).documents()


def test_threads_see_one_generation_each_while_another_commits(
    opened: Opener, embedder: Embedder
) -> None:
    """Every town is always whole in the index or not at all, and found exactly when it is."""
    store, stop, faults = opened(), threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            with store.snapshot() as snapshot:
                listed = {document.id for document in DOCUMENTS if holds(snapshot, document.id)}
                hits = search(snapshot, embedder, "council met", k=9).hits
                if {hit.passage.document_id for hit in hits} != listed:
                    faults.append(snapshot.generation)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    writer = opened()
    for town in TOWNS * 3:
        remove(writer, town)
        list(add_documents(writer, [d for d in DOCUMENTS if town in d.path], embedder=embedder))
    stop.set()
    for reader in readers:
        reader.join()
    assert faults == []


def test_catalogue_is_closed_when_the_searches_cannot_be_opened(tmp_path: Path) -> None:
    def refuse(*_: object) -> FileCaches:
        raise ConfigurationError("no searches")

    with pytest.raises(ConfigurationError, match="no searches"):
        Store.open(tmp_path, embedder_name=None, create=True, searches=refuse)
    held = [file.readlink() for file in Path("/proc/self/fd").iterdir() if file.exists()]
    assert not [file for file in held if file.is_relative_to(tmp_path)]
