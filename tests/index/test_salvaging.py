from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from index.catalogue import tables
from index.catalogue.entries import Root
from index.embedding import Embedder
from index.errors import IndexDamagedError, IndexMissingError
from index.library import Library
from index.store import Store
from index.store.mending import mend
from tests.index.five_towns import DOCUMENTS, TOWNS, Opener, fill, towns


def reword(folder: Path) -> None:
    """Change a letter of what Prague's document says, as a failing disk does."""
    with sqlite3.connect(folder / "catalogue.sqlite") as raw:
        raw.execute(
            "UPDATE documents SET text = CAST(replace(CAST(text AS TEXT), 'Prague.', 'Prague,') "
            "AS BLOB)"
        )
    raw.close()


def empty(folder: Path) -> None:
    (folder / "catalogue.sqlite").write_bytes(b"")


def lose(folder: Path) -> None:
    (folder / "catalogue.sqlite").unlink()


def overwrite(folder: Path) -> None:
    (folder / "catalogue.sqlite").write_bytes(b"no database" * 1000)


def test_document_that_was_reworded_is_never_read(folder: Path, opened: Opener) -> None:
    reword(folder)
    store = opened()
    with pytest.raises(IndexDamagedError, match="doctor --repair"):
        store.document(DOCUMENTS[2].id)
    [problem] = store.verify()
    assert problem.startswith("notes/Prague.txt: a document (Prague.txt) in the catalogue is not")


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE passages SET section = '[\"Forged\"]' WHERE number = 3",
        "UPDATE passages SET key = x'00' WHERE number = 3",
        "UPDATE vectors SET vector = zeroblob(length(vector)) WHERE number = 3",
        "UPDATE documents SET passage_count = 2 WHERE path = 'Prague.txt'",
        "UPDATE documents SET title = 'Forged' WHERE path = 'Prague.txt'",
        "UPDATE documents SET quality = 'good' WHERE path = 'Prague.txt'",
        "DELETE FROM vectors WHERE number = 3",
    ],
)
def test_any_changed_value_is_a_problem_and_mended(
    damage: str, folder: Path, embedder: Embedder
) -> None:
    with sqlite3.connect(folder / "catalogue.sqlite") as raw:
        raw.execute(damage)
    raw.close()
    with Store.open(folder, embedder_name=embedder.name) as store:
        assert store.verify() != ()
    mend(folder)
    with Store.open(folder, embedder_name=embedder.name) as store:
        assert store.verify() == ()
        assert sorted(towns(store, embedder)) == sorted(set(TOWNS) - {"Prague"})


def test_whole_documents_are_kept_with_their_vectors_and_the_damaged_file_is_put_aside(
    folder: Path, embedder: Embedder
) -> None:
    with Store.open(folder, embedder_name=embedder.name) as store, store.writing():
        with store.commit() as changes:
            changes.add_root(Root("uploads", folder / "uploads"))
            changes.hide("notes", "Paris.txt")
        generation = store.generation
    reword(folder)
    lines = mend(folder)
    assert "4 documents that are whole were kept" in lines[0]
    assert str(folder / "uploads") in lines[1]
    with (
        Store.open(folder, embedder_name=embedder.name) as store,
        store.catalogue.reading() as rows,
    ):
        assert rows.counts().embedded == 4
        assert rows.hidden("notes") == {"Paris.txt"}
        assert rows.state.generation > generation
    [aside] = folder.glob("damaged-*")
    assert (aside / "catalogue.sqlite").exists()
    assert mend(folder) == []


def test_documents_of_a_root_that_is_damaged_are_left_out(folder: Path, embedder: Embedder) -> None:
    with Store.open(folder, embedder_name=embedder.name) as store:
        before = len(store.documents())
        Library(store, embedder, max_bytes=1000).add("notes.txt", b"The council met in Rome.\n")
    with sqlite3.connect(folder / "catalogue.sqlite") as raw:
        raw.execute("UPDATE roots SET path = 'other' WHERE path = 'uploads'")
    raw.close()
    with Store.open(folder, embedder_name=embedder.name) as store:
        assert any("a root (uploads)" in problem for problem in store.verify())
    mend(folder)
    with Store.open(folder, embedder_name=embedder.name) as store:
        assert store.verify() == ()
        assert len(store.documents()) == before
        library = Library(store, embedder, max_bytes=1000)
        library.recover()
        assert len(store.documents()) == before + 1


@pytest.mark.parametrize("damage", [empty, lose, overwrite])
def test_catalogue_that_is_gone_is_said_to_be_and_begun_anew(
    damage: Callable[[Path], None], folder: Path
) -> None:
    damage(folder)
    for create in (False, True):
        with pytest.raises(IndexDamagedError, match="doctor"):
            Store.open(folder, embedder_name=None, create=create)
    mend(folder)
    with Store.open(folder, embedder_name=None) as store:
        assert store.documents() == ()
        assert store.verify() == ()


def test_folder_without_an_index_is_not_mended(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError):
        mend(tmp_path / "nowhere")


def test_cache_of_another_index_of_the_same_size_is_not_believed(
    folder: Path, tmp_path: Path, embedder: Embedder, caplog: pytest.LogCaptureFixture
) -> None:
    other = tmp_path / "other"
    with Store.open(other, embedder_name=embedder.name, create=True) as store:
        fill(store, embedder)
    shutil.copy(other / "vectors.faiss", folder / "vectors.faiss")
    with Store.open(folder, embedder_name=embedder.name) as store:
        assert any("another history" in problem for problem in store.verify())
        assert towns(store, embedder)[0] == "Prague"
    assert "another history" in caplog.text


@pytest.mark.parametrize("format_", [1, 2, 3])
def test_catalogue_of_an_earlier_format_is_migrated(
    format_: int, folder: Path, opened: Opener
) -> None:
    with sqlite3.connect(folder / "catalogue.sqlite") as raw:
        raw.execute("DROP TABLE shards")
        if format_ < 3:
            raw.execute("ALTER TABLE roots DROP COLUMN seal")
        if format_ == 1:
            raw.execute("ALTER TABLE documents DROP COLUMN seal")
            raw.execute("ALTER TABLE passages DROP COLUMN seal")
            raw.execute("DROP TABLE commits")
            raw.execute("UPDATE vectors SET vector = substr(vector, 1, length(vector) - 4)")
        raw.execute(f"UPDATE state SET format = {format_}")
    raw.close()
    store = opened()
    assert [store.document(document.id) for document in DOCUMENTS] == DOCUMENTS
    with store.catalogue.reading() as rows:
        assert sum(len(numbers) for numbers, _ in rows.vectors_since(0)) == 5
    with store.writing():
        store.repair()
    assert opened().verify() == ()
    with sqlite3.connect(folder / "catalogue.sqlite") as raw:
        assert raw.execute("SELECT format FROM state").fetchone() == (tables.FORMAT,)
    raw.close()
