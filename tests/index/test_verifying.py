from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from index.catalogue.entries import Stamp
from index.embedding import Embedder
from index.ingest import index
from index.store import Store
from tests.index.five_towns import (
    Opener,
    damage_keywords,
    damage_vectors,
    lose_keywords,
    lose_row,
    lose_vectors,
    remove,
)


def test_healthy_index_has_no_problems(opened: Opener) -> None:
    assert opened().verify() == ()
    assert opened().notes() == ()


def test_empty_index_has_no_problems(tmp_path: Path) -> None:
    with Store.open(tmp_path / "index", embedder_name=None, create=True) as store:
        assert store.verify() == store.notes() == ()


@pytest.mark.parametrize("lose", [lose_vectors, lose_keywords])
def test_missing_cache_is_noted_and_no_problem(
    lose: Callable[[Path], None], folder: Path, opened: Opener
) -> None:
    lose(folder)
    assert opened().verify() == ()
    [note] = opened().notes()
    assert "is missing" in note


def test_caches_behind_the_catalogue_are_noted_and_no_problem(folder: Path, opened: Opener) -> None:
    killed = opened()  # never closed, so that its caches are not saved
    remove(killed, "Rome")
    remove(killed, "Madrid")
    assert opened().verify() == ()
    assert [note.split(":")[0] for note in opened().notes()] == [
        f"{folder / 'keywords'} is 2 commits behind",
        f"{folder / 'vectors.faiss'} is 2 commits behind",
    ]


def test_caches_older_than_the_history_are_noted_and_no_problem(
    folder: Path, opened: Opener
) -> None:
    old = folder.with_name("old")
    shutil.copytree(folder, old)
    with Store.open(folder, embedder_name=None) as writer:
        remove(writer, "Rome")
    shutil.rmtree(folder / "keywords")
    shutil.copytree(old / "keywords", folder / "keywords")
    assert opened().verify() == ()
    [note] = opened().notes()
    assert "too old" in note


def test_caches_of_a_later_generation_are_a_problem(folder: Path, opened: Opener) -> None:
    backup = folder.with_name("backup.sqlite")
    shutil.copy(folder / "catalogue.sqlite", backup)
    with Store.open(folder, embedder_name=None) as writer:
        remove(writer, "Prague")
    shutil.copy(backup, folder / "catalogue.sqlite")
    assert ["newer than the catalogue" in problem for problem in opened().verify()] == [True, True]


def test_caches_that_lack_rows_are_a_problem(folder: Path, opened: Opener) -> None:
    lose_row(folder)
    assert ["does not agree" in problem for problem in opened().verify()] == [True, True]
    assert opened().notes() == ()


def test_passage_that_does_not_slice_its_document_is_a_problem(
    folder: Path, opened: Opener
) -> None:
    with sqlite3.connect(folder / "catalogue.sqlite") as raw:
        raw.execute("UPDATE passages SET text = ? WHERE number = 1", (b"The council slept.",))
    raw.close()
    [problem] = opened().verify()
    assert problem.startswith(
        "notes/Rome.txt: a passage in the catalogue is not what was committed"
    )


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


@pytest.mark.parametrize("is_settled", [True, False])
def test_file_that_is_not_what_was_indexed_is_found(
    is_settled: bool, tmp_path: Path, embedder: Embedder
) -> None:
    file = tmp_path / "notes" / "rome.txt"
    file.parent.mkdir()
    file.write_text("The council met in Rome.")
    with Store.open(tmp_path / "index", embedder_name=embedder.name, create=True) as store:
        list(index(store, [file.parent], embedder=embedder))
    with Store.open(tmp_path / "index", embedder_name=embedder.name) as store:
        assert store.verify() == store.notes() == ()
        file.write_text("The council met in Bonn.")
        if is_settled:  # the disk has changed what nobody wrote
            with store.catalogue.reading() as rows:
                [document] = rows.documents()
            store.catalogue.touch({document.id: Stamp.of(file.stat())})
            [problem] = store.verify()
            assert "not what was indexed, though its time and size are" in problem
        else:
            assert store.verify() == ()
            [note] = store.notes()
            assert f"{file} has changed since it was indexed" in note
            file.unlink()
            [note] = store.notes()
            assert "is gone" in note


def test_caches_that_were_never_saved_whole_are_missing_and_no_problem(
    folder: Path, opened: Opener
) -> None:
    (folder / "keywords" / "manifest.json").unlink()
    assert opened().verify() == ()
    [note] = opened().notes()
    assert "keywords is missing" in note
