from __future__ import annotations

import logging
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from index.embedding import Embedder
from index.errors import (
    IndexDamagedError,
)
from index.search import search
from index.store import Store
from tests.index.five_towns import (
    TOWNS,
    Opener,
    damage_keywords,
    damage_vectors,
    fill,
    lose_keywords,
    lose_row,
    lose_vectors,
    remove,
    towns,
    truncate_vectors,
)

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
    lose_row(folder)
    assert len(towns(opened(), embedder)) == 4
    assert "does not agree with the catalogue" in caplog.text


def test_caches_that_hold_what_is_yet_to_come_are_rebuilt(
    folder: Path, opened: Opener, embedder: Embedder, caplog: pytest.LogCaptureFixture
) -> None:
    with sqlite3.connect(folder / "catalogue.sqlite") as raw:  # another history of one length
        raw.execute("UPDATE state SET generation = generation + 1")
        raw.execute("UPDATE passages SET generation = (SELECT generation FROM state)")
    raw.close()
    assert sorted(towns(opened(), embedder)) == sorted(TOWNS)
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
    # One row at a time, so that the rows before it are in by then.
    monkeypatch.setattr("index.catalogue.readings._PART", 1)
    reader, writer = opened(), opened()
    assert len(towns(reader, embedder)) == 5
    remove(writer, "Prague")
    fill(writer, embedder)
    with sqlite3.connect(folder / "catalogue.sqlite") as raw:
        [(number, vector)] = raw.execute(
            "SELECT number, vector FROM vectors ORDER BY number DESC LIMIT 1"
        )
        raw.execute("UPDATE vectors SET vector = x'00' WHERE number = ?", (number,))
    with pytest.raises(IndexDamagedError, match="committed"):
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


def test_reader_saves_what_it_had_to_make_anew(
    folder: Path, opened: Opener, embedder: Embedder, caplog: pytest.LogCaptureFixture
) -> None:
    lose_vectors(folder)
    with Store.open(folder, embedder_name=embedder.name) as store:
        towns(store, embedder)
    assert (folder / "vectors.faiss").exists()
    caplog.clear()
    towns(opened(), embedder)
    assert caplog.text == ""


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
