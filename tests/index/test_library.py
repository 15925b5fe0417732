from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from index.batches import add_documents
from index.catalogue.changes import Changes
from index.embedding import Embedder
from index.errors import IndexFolderError, OversizedDocumentError
from index.ingest import index
from index.library import Library
from index.removal import remove
from index.store import Store
from tests.index.tiny import tiny_document
from torture.models import HashingEmbedder

ROME = b"The council met in Rome.\n"
OSLO = b"The council met in Oslo.\n"
LIMIT = 1000


class OtherEmbedder(HashingEmbedder):
    name = "other:64"


@pytest.fixture
def store(tmp_path: Path, embedder: Embedder, catalogue_url: str) -> Iterator[Store]:
    with Store.open(
        tmp_path / "index", embedder_name=embedder.name, create=True, catalogue=catalogue_url
    ) as store:
        yield store


@pytest.fixture
def library(store: Store, embedder: Embedder) -> Library:
    return Library(store, embedder, max_bytes=LIMIT)


def added(folder: Path) -> dict[str, bytes]:
    """Return what was added to an index folder, by name."""
    files = (folder / "uploads").iterdir()
    return {path.name: path.read_bytes() for path in files if path.name != ".mark"}


def places(library: Library) -> list[tuple[str, str]]:
    return [(held.summary.root, held.summary.path) for held in library.documents()[0]]


def test_file_is_embedded_and_replaced_by_its_name(library: Library, store: Store) -> None:
    held, has_replaced = library.add("notes.txt", ROME)
    assert (held.uploaded, held.stale, has_replaced) == (True, False, False)
    assert (store.counts().embedded, store.counts().passages) == (1, 1)
    again, has_replaced = library.add("notes.txt", OSLO)
    assert (again.summary.id, has_replaced) == (held.summary.id, True)
    assert store.document(held.summary.id).source_text == OSLO.decode()
    assert (store.folder / "uploads" / "notes.txt").read_bytes() == OSLO
    assert store.verify() == ()


def test_file_of_just_the_limit_is_taken(library: Library) -> None:
    library.add("notes.txt", b"a" * LIMIT)
    with pytest.raises(OversizedDocumentError, match=r"^notes\.txt: .* over the limit of"):
        library.add("notes.txt", b"a" * (LIMIT + 1))


@pytest.mark.parametrize("earlier", [None, ROME], ids=["new", "replaced"])
def test_file_that_cannot_be_committed_leaves_what_was_there(
    library: Library, store: Store, monkeypatch: pytest.MonkeyPatch, earlier: bytes | None
) -> None:
    if earlier:
        library.add("notes.txt", earlier)

    def fail(*_: object) -> None:
        raise IndexFolderError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(Changes, "put", fail)
        with pytest.raises(IndexFolderError):
            library.add("notes.txt", OSLO)
    kept = added(store.folder)
    assert kept == ({"notes.txt": earlier} if earlier else {})
    held = [store.document(held.summary.id).source_text for held in library.documents()[0]]
    assert held == ([earlier.decode()] if earlier else [])


CRASH = """
import os, sys
from pathlib import Path
from index import library
from index.store import Store
if sys.argv[2] == "half written":
    os.fsync = lambda _: os._exit(9)
else:
    library.Library._commit = lambda *_: os._exit(9)
with Store.open(Path(sys.argv[1]), embedder_name=None, create=True) as store:
    library.Library(store, None, max_bytes=1000).add("notes.txt", b"The council met in Rome.\\n")
"""


def crash(folder: Path, moment: str) -> list[str]:
    """Add a file until that moment, and return what is in the folder of uploads afterwards."""
    done = subprocess.run([sys.executable, "-c", CRASH, str(folder), moment], check=False)
    assert done.returncode == 9
    return sorted(path.name for path in (folder / "uploads").iterdir())


@pytest.mark.parametrize("moment", ["half written", "not committed"])
def test_crash_in_the_middle_leaves_nothing_that_is_indexed_and_can_be_done_again(
    tmp_path: Path, moment: str
) -> None:
    folder = tmp_path / "index"
    left = crash(folder, moment)
    assert left == ["notes.txt.new" if moment == "half written" else "notes.txt"]
    with Store.open(folder, embedder_name=None) as store:
        library = Library(store, None, max_bytes=LIMIT)
        assert places(library) == []
        if moment == "half written":
            list(index(store, [folder / "uploads"], embedder=None))
            assert places(library) == []
        library.add("notes.txt", OSLO)
        assert [path.name for path in (folder / "uploads").iterdir()] == ["notes.txt"]
        assert store.verify() == ()


@pytest.mark.parametrize(("moment", "recovered"), [("half written", OSLO), ("not committed", ROME)])
def test_what_a_crash_left_of_a_replacement_is_recovered(
    tmp_path: Path, moment: str, recovered: bytes
) -> None:
    folder = tmp_path / "index"
    with Store.open(folder, embedder_name=None, create=True) as store:
        Library(store, None, max_bytes=LIMIT).add("notes.txt", OSLO)
    assert len(crash(folder, moment)) == (3 if moment == "half written" else 2)
    with Store.open(folder, embedder_name=None) as store:
        library = Library(store, None, max_bytes=LIMIT)
        library.recover()
        [held] = library.documents()[0]
        assert store.document(held.summary.id).source_text == recovered.decode()
        kept = {path.name: path.read_bytes() for path in (folder / "uploads").iterdir()}
    assert kept == {"notes.txt": recovered}


def test_file_that_a_crash_kept_from_being_deleted_is_deleted(
    library: Library, store: Store
) -> None:
    held, _ = library.add("notes.txt", ROME)
    library.remove(held.summary.id)
    (store.folder / "uploads" / "notes.txt").write_bytes(ROME)  # as if there had been no time
    library.recover()
    assert added(store.folder) == {}
    assert places(library) == []
    library.recover()  # nothing to do


def test_removal_of_all_that_was_added_is_finished_after_a_crash(
    library: Library, store: Store
) -> None:
    for name in ("a.txt", "b.txt"):
        library.add(name, ROME)
    next(remove(store, "uploads"))  # and no further
    library.recover()
    assert (places(library), added(store.folder)) == ([], {})
    library.add("a.txt", ROME)
    assert places(library) == [("uploads", "a.txt")]


def test_what_recovering_cannot_keep_is_told(
    library: Library, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        library.add(name, ROME)
    uploads = store.folder / "uploads"
    (uploads / "a.txt").write_bytes(b"")
    (uploads / "b.txt").unlink()
    (uploads / "d.new").mkdir()
    library.recover()
    assert places(library) == [("uploads", "c.txt")]
    assert sorted(caplog.messages) == [
        "a.txt, added earlier: empty: 0 bytes; check that it was saved or copied whole; "
        "what was indexed of it before is removed",
        "b.txt, added earlier, is gone, and is removed",
    ]


def test_sync_of_a_folder_around_the_index_leaves_what_was_added(
    library: Library, store: Store, tmp_path: Path
) -> None:
    (tmp_path / "own.txt").write_bytes(ROME)
    list(index(store, [tmp_path], embedder=None))
    library.add("notes.txt", OSLO)
    list(index(store, [tmp_path], embedder=None))
    assert places(library) == [(tmp_path.name, "own.txt"), ("uploads", "notes.txt")]
    assert [held.uploaded for held in library.documents()[0]] == [False, True]


def test_folder_of_the_users_that_is_called_uploads_is_another_root(
    library: Library, store: Store, tmp_path: Path
) -> None:
    own = tmp_path / "uploads"
    own.mkdir()
    (own / "notes.txt").write_bytes(ROME)
    list(index(store, [own], embedder=None))
    held, has_replaced = library.add("notes.txt", OSLO)
    assert (held.summary.root, has_replaced) == ("uploads-2", False)
    assert [held.uploaded for held in library.documents()[0]] == [False, True]
    [first, second] = library.documents()[0]
    library.remove(first.summary.id)
    assert (own / "notes.txt").read_bytes() == ROME
    library.remove(second.summary.id)
    assert added(store.folder) == {}


def test_index_folder_can_be_moved_with_what_was_added(tmp_path: Path, catalogue_url: str) -> None:
    here = tmp_path / "here"
    with Store.open(here, embedder_name=None, create=True, catalogue=catalogue_url) as store:
        Library(store, None, max_bytes=LIMIT).add("notes.txt", ROME)
    moved = store.folder.rename(tmp_path / "elsewhere")
    with Store.open(moved, embedder_name=None, catalogue=catalogue_url) as again:
        library = Library(again, None, max_bytes=LIMIT)
        [held] = library.documents()[0]
        assert (held.uploaded, held.stale) == (True, False)
        assert library.add("notes.txt", OSLO)[1]
        library.remove(held.summary.id)
        assert added(moved) == {}


@pytest.mark.parametrize("first", [[HashingEmbedder()], [None], []], ids=["other", "none", "empty"])
def test_embedder_that_the_index_was_not_made_with_costs_no_vectors(
    store: Store, tmp_path: Path, first: Sequence[Embedder | None]
) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "a.txt").write_bytes(ROME)
    for embedder in first:
        list(index(store, [tmp_path / "own"], embedder=embedder))
    before = store.counts().embedded
    Library(store, OtherEmbedder(), max_bytes=LIMIT).add("notes.txt", OSLO)
    with store.catalogue.reading() as rows:
        adopted = rows.state.embedder
    expected = (before, HashingEmbedder.name if before else "") if first else (1, "other:64")
    assert (store.counts().embedded, adopted) == expected


def test_document_that_is_no_file_is_never_stale(library: Library, store: Store) -> None:
    list(add_documents(store, [tiny_document("a.txt", "One.")], embedder=None))
    assert [held.stale for held in library.documents()[0]] == [False]


def test_folder_that_lacks_what_was_added_elsewhere_takes_nothing_from_the_catalogue(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path}/shared.sqlite"
    with (
        Store.open(tmp_path / "one", embedder_name=None, create=True, catalogue=url) as store,
        Store.open(tmp_path / "other", embedder_name=None, catalogue=url) as apart,
    ):
        library, other = (Library(each, None, max_bytes=LIMIT) for each in (store, apart))
        held, _ = library.add("notes.txt", ROME)
        (apart.folder / "uploads").mkdir()
        (apart.folder / "uploads" / "own.txt").write_bytes(OSLO)
        told = pytest.raises(IndexFolderError, match="share that one among all")
        with told:
            other.recover()
        with told:
            other.add("notes.txt", OSLO)
        with told:
            list(index(apart, [apart.folder / "uploads"], embedder=None))
        library.recover()
        assert store.document(held.summary.id).source_text == ROME.decode()
        other.remove(held.summary.id)
        other.recover()  # nothing is left that could be lost
        assert places(other) == [("uploads", "own.txt")]
        with told:
            library.recover()


def test_folder_of_uploads_is_shared(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/shared.sqlite"
    with (
        Store.open(tmp_path / "one", embedder_name=None, create=True, catalogue=url) as store,
        Store.open(tmp_path / "other", embedder_name=None, catalogue=url) as beside,
    ):
        Library(store, None, max_bytes=LIMIT).add("a.txt", ROME)
        (beside.folder / "uploads").symlink_to(store.folder / "uploads")
        other = Library(beside, None, max_bytes=LIMIT)
        other.recover()
        other.add("b.txt", OSLO)
        assert places(other) == [("uploads", "a.txt"), ("uploads", "b.txt")]
