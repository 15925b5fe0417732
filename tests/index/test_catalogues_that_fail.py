"""Catalogues that are missing, damaged, locked or full: what is said of each."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError

from index.catalogue import Catalogue
from index.catalogue.entries import Root
from index.database import Place
from index.errors import (
    IndexDamagedError,
    IndexFolderError,
    IndexLockedError,
    IndexMissingError,
    IndexVersionError,
)

only_sqlite = pytest.mark.parametrize("catalogue_url", [""])


def test_no_catalogue_is_said_to_be_missing(tmp_path: Path, place: Place) -> None:
    with pytest.raises(IndexMissingError, match="assistant index"):
        Catalogue.open(place, tmp_path)
    empty = tmp_path / "empty.sqlite"
    empty.touch()  # as a kill between creation and the first commit leaves it
    with pytest.raises(IndexMissingError):
        Catalogue.open(empty, tmp_path)
    Catalogue.open(empty, tmp_path, create=True).close()


def test_catalogue_that_is_gone_from_its_caches_is_said_to_be(tmp_path: Path, place: Place) -> None:
    (tmp_path / "keywords").mkdir()
    for create in (False, True):
        with pytest.raises(IndexDamagedError, match="though there was an index"):
            Catalogue.open(place, tmp_path, create=create)


def test_newer_format_is_refused(catalogue: Catalogue) -> None:
    with catalogue._database.writing() as raw:
        raw.execute(sql("UPDATE state SET format = 99"))
    with pytest.raises(IndexVersionError, match="format 99"):
        Catalogue.open(catalogue.place, catalogue.folder)


def test_file_that_is_no_database_is_said_to_be_damaged(tmp_path: Path) -> None:
    (tmp_path / "catalogue.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(IndexDamagedError, match="not a database"):
        Catalogue.open(tmp_path / "catalogue.sqlite", tmp_path)


def test_catalogue_in_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(IndexFolderError, match="unable to open"):
        Catalogue.open(tmp_path / "nowhere" / "catalogue.sqlite", tmp_path, create=True)


def test_catalogue_that_another_program_holds_is_locked(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.database.sqlite._BUSY_SECONDS", 0.05)
    monkeypatch.setattr("index.database.postgresql._BUSY_SECONDS", 0.05)
    impatient = Catalogue.open(catalogue.place, catalogue.folder)
    with (
        catalogue.writing(),
        pytest.raises(IndexLockedError, match="try again"),
        impatient.writing(),
    ):
        pass
    impatient.close()


@only_sqlite
def test_full_disk_is_said_to_be_full(catalogue: Catalogue) -> None:
    def fill_the_disk() -> None:
        with catalogue.writing() as changes:
            execute = changes._connection.execute
            execute(sql(f"PRAGMA max_page_count = {execute(sql('PRAGMA page_count')).scalar()}"))
            execute(sql("CREATE TABLE large AS SELECT zeroblob(1000000) AS x"))

    with pytest.raises(IndexFolderError, match="full: make room") as raised:
        fill_the_disk()
    assert raised.type is IndexFolderError


@only_sqlite
def test_catalogue_that_may_not_be_written_says_so(catalogue: Catalogue) -> None:
    def write_in_vain() -> None:
        with catalogue.reading() as rows:
            rows._connection.execute(sql("PRAGMA query_only = ON"))
            rows._connection.execute(sql("DELETE FROM documents"))

    with pytest.raises(IndexFolderError, match="readonly database: let it") as raised:
        write_in_vain()
    assert raised.type is IndexFolderError


def test_row_that_breaks_a_constraint_is_our_own_mistake(catalogue: Catalogue) -> None:
    with pytest.raises(IntegrityError), catalogue.writing() as changes:
        changes.add_root(Root("notes", Path("/others")))
