from __future__ import annotations

import logging
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.drafts import add_documents
from index.embedding import Embedder
from index.errors import (
    IndexDamagedError,
    IndexFolderError,
    IndexLockedError,
    IndexMissingError,
    UnknownDocumentError,
)
from index.search import search
from index.store import Store
from tests.conftest import HashingEmbedder
from tests.index.tiny import tiny_document

TOWNS = ("Rome", "Reykjavik", "Prague", "Madrid", "Istanbul")
DOCUMENTS = [
    tiny_document(f"{town}.txt", f"The council met in {town}. It was year {year}.")
    for year, town in enumerate(TOWNS, start=1997)
]

Opener = Callable[[], Store]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of five documents, closed."""
    folder = tmp_path_factory.mktemp("template") / "index"
    with Store.open(folder, embedder_name=HashingEmbedder.name, create=True) as store:
        fill(store, HashingEmbedder())
    return folder


@pytest.fixture
def folder(tmp_path: Path, template: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "index"))


@pytest.fixture
def opened(folder: Path, embedder: Embedder) -> Iterator[Opener]:
    """Open the index as often as a test likes, as other processes would."""
    stores: list[Store] = []

    def open_store() -> Store:
        stores.append(Store.open(folder, embedder_name=embedder.name))
        return stores[-1]

    yield open_store
    for store in stores:
        store.close()


def fill(store: Store, embedder: Embedder) -> None:
    assert len(list(add_documents(store, DOCUMENTS, embedder=embedder))) == 5


def towns(store: Store, embedder: Embedder, query: str = "council Prague") -> list[str]:
    result = search(store, embedder, query, k=5)
    assert result.mode == "hybrid"
    return [hit.passage.text.split()[4].strip(".") for hit in result.hits]


def remove(store: Store, town: str) -> None:
    with store.writing(), store.commit() as changes:
        changes.remove(document.id for document in DOCUMENTS if town in document.path)


def test_index_is_found_again_after_it_was_closed(opened: Opener, embedder: Embedder) -> None:
    store = opened()
    assert [summary.path for summary in store.documents()] == sorted(d.path for d in DOCUMENTS)
    assert store.document(DOCUMENTS[0].id) == DOCUMENTS[0]
    assert towns(store, embedder)[0] == "Prague"
    assert [passage.text for passage in store.passages([2, 1])] == [
        "The council met in Reykjavik. It was year 1998.",
        "The council met in Rome. It was year 1997.",
    ]


def test_folder_without_an_index_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="assistant index"):
        Store.open(tmp_path / "nowhere", embedder_name=None)
    assert not (tmp_path / "nowhere").exists()


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
        assert len(snapshot.documents()) == 5
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


def test_changes_are_committed_by_the_writer_alone(opened: Opener) -> None:
    with pytest.raises(RuntimeError, match="are committed within"), opened().commit():
        pass


def test_second_writer_is_told_who_writes(opened: Opener) -> None:
    first, second = opened(), opened()
    message = r"process \d+ is writing"
    with first.writing(), pytest.raises(IndexLockedError, match=message), second.writing(wait=0.1):
        pass
    with second.writing():
        pass


def test_killed_writer_blocks_nobody(folder: Path, opened: Opener) -> None:
    code = (
        "import os, pathlib, sys\n"
        "from index.store import Store\n"
        "store = Store.open(pathlib.Path(sys.argv[1]), embedder_name=None)\n"
        "with store.writing(), store.commit() as changes:\n"
        "    changes.remove([summary.id for summary in changes.documents()])\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(folder)], check=False)
    assert killed.returncode == -9
    store = opened()
    with store.writing():
        assert len(store.documents()) == 5


def damage_bytes(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x40
    path.write_bytes(data)


def damage_vectors(folder: Path) -> None:
    damage_bytes(folder / "vectors.faiss")


def damage_keywords(folder: Path) -> None:
    damage_bytes(max((folder / "keywords").rglob("*.npy"), key=lambda file: file.stat().st_size))


def truncate_vectors(folder: Path) -> None:
    path = folder / "vectors.faiss"
    path.write_bytes(path.read_bytes()[:-9])


def lose_vectors(folder: Path) -> None:
    (folder / "vectors.faiss").unlink()


def lose_keywords(folder: Path) -> None:
    shutil.rmtree(folder / "keywords")


DAMAGES = [damage_vectors, damage_keywords, truncate_vectors, lose_vectors, lose_keywords]


@pytest.mark.parametrize("damage", DAMAGES)
def test_unusable_cache_is_rebuilt_with_a_warning(
    damage: Callable[[Path], None],
    folder: Path,
    opened: Opener,
    embedder: Embedder,
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = search(opened(), embedder, "council Prague", k=5).hits
    damage(folder)
    assert search(opened(), embedder, "council Prague", k=5).hits == before
    assert "rebuilt from the catalogue" in caplog.text
    writer = opened()
    with writer.writing():
        writer.repair()
    caplog.clear()
    assert search(opened(), embedder, "council Prague", k=5).hits == before
    assert caplog.text == ""


def test_caches_of_a_later_generation_are_not_believed(
    folder: Path, opened: Opener, embedder: Embedder, caplog: pytest.LogCaptureFixture
) -> None:
    backup = folder.with_name("backup.sqlite")
    shutil.copy(folder / "catalogue.sqlite", backup)
    with Store.open(folder, embedder_name=embedder.name) as writer:
        remove(writer, "Prague")
    shutil.copy(backup, folder / "catalogue.sqlite")
    assert towns(opened(), embedder)[0] == "Prague"
    assert "newer than the catalogue" in caplog.text


def test_caches_that_lack_rows_are_not_believed(
    folder: Path, opened: Opener, embedder: Embedder, caplog: pytest.LogCaptureFixture
) -> None:
    with sqlite3.connect(folder / "catalogue.sqlite") as raw:  # a deletion that left no trace
        raw.execute("PRAGMA foreign_keys = ON")
        raw.execute("DELETE FROM documents WHERE path = 'Prague.txt'")
        raw.execute("UPDATE state SET generation = generation + 1")
    raw.close()
    assert len(towns(opened(), embedder)) == 4
    assert "does not agree with the catalogue" in caplog.text


def test_caches_that_cannot_be_saved_lose_nothing(
    folder: Path, embedder: Embedder, caplog: pytest.LogCaptureFixture
) -> None:
    lose_keywords(folder)
    (folder / "keywords").write_text("in the way")
    with Store.open(folder, embedder_name=embedder.name) as store:
        remove(store, "Prague")
    assert "could not be saved" in caplog.text
    with Store.open(folder, embedder_name=embedder.name) as store:
        assert len(towns(store, embedder)) == 4


def test_reader_left_behind_by_a_save_loads_what_was_saved(
    folder: Path, opened: Opener, embedder: Embedder, caplog: pytest.LogCaptureFixture
) -> None:
    reader = opened()
    assert len(towns(reader, embedder)) == 5
    with Store.open(folder, embedder_name=embedder.name) as writer:
        remove(writer, "Prague")
    assert "Prague" not in towns(reader, embedder)
    assert caplog.text == ""


def test_search_recovers_from_a_row_that_could_not_be_read(
    folder: Path, opened: Opener, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.readings._PART", 1)  # so that the rows before it are in by then
    reader, writer = opened(), opened()
    assert len(towns(reader, embedder)) == 5
    remove(writer, "Prague")
    fill(writer, embedder)
    with sqlite3.connect(folder / "catalogue.sqlite") as raw:
        [(number, vector)] = raw.execute(
            "SELECT number, vector FROM vectors ORDER BY number DESC LIMIT 1"
        )
        raw.execute("UPDATE vectors SET vector = x'00' WHERE number = ?", (number,))
    with pytest.raises(IndexDamagedError, match="different lengths"):
        towns(reader, embedder)
    with raw:
        raw.execute("UPDATE vectors SET vector = ? WHERE number = ?", (vector, number))
    raw.close()
    assert sorted(towns(reader, embedder)) == sorted(TOWNS)


def test_commits_rewrite_no_cache_and_closing_does(folder: Path, embedder: Embedder) -> None:
    def written() -> list[int]:
        files = [folder / "vectors.faiss", folder / "keywords" / "manifest.json"]
        return [file.stat().st_mtime_ns for file in files]

    before = written()
    with Store.open(folder, embedder_name=embedder.name) as store:
        remove(store, "Rome")
        assert written() == before
    assert all(now > then for now, then in zip(written(), before, strict=True))


def test_reader_saves_nothing(folder: Path, opened: Opener, embedder: Embedder) -> None:
    lose_vectors(folder)
    with Store.open(folder, embedder_name=embedder.name) as store:
        towns(store, embedder)
    assert not (folder / "vectors.faiss").exists()


def test_opening_applies_what_changed_since_the_caches_were_saved(
    folder: Path, opened: Opener, embedder: Embedder, caplog: pytest.LogCaptureFixture
) -> None:
    killed = opened()  # never closed, so that its caches are not saved
    remove(killed, "Rome")
    fill(killed, embedder)
    remove(killed, "Madrid")
    with caplog.at_level(logging.WARNING):
        assert sorted(towns(opened(), embedder)) == ["Istanbul", "Prague", "Reykjavik", "Rome"]
    assert caplog.text == ""


def test_vectors_of_another_embedder_are_not_searched(folder: Path, embedder: Embedder) -> None:
    with Store.open(folder, embedder_name="another") as store, store.snapshot() as snapshot:
        assert snapshot.embedder == ""
        with pytest.raises(ValueError, match="no vectors"):
            snapshot.nearest(embedder.embed(["Prague"])[0], 5, among=None)
        assert search(snapshot, embedder, "Prague", k=5).mode == "keywords"


def test_healthy_index_has_no_problems(opened: Opener) -> None:
    assert opened().verify() == ()


def test_passage_that_does_not_slice_its_document_is_a_problem(
    folder: Path, opened: Opener
) -> None:
    with sqlite3.connect(folder / "catalogue.sqlite") as raw:
        raw.execute("UPDATE passages SET text = ? WHERE number = 1", (b"The council slept.",))
    raw.close()
    [problem] = opened().verify()
    assert problem.startswith("notes/Rome.txt: passage")


@pytest.mark.parametrize("damage", [damage_vectors, damage_keywords])
def test_damaged_cache_is_a_problem_until_repaired(
    damage: Callable[[Path], None], folder: Path, opened: Opener
) -> None:
    damage(folder)
    [problem] = opened().verify()
    assert "doctor --repair" in problem
    store = opened()
    with store.writing():
        store.repair()
    assert opened().verify() == ()


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
                listed = {summary.id for summary in snapshot.documents()}
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
