from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select
from sqlalchemy import text as sql

from index.catalogue import Catalogue, tables
from index.catalogue.migrations import config
from index.database import Database, Place, place_of
from index.database.places import CATALOGUE
from tests.index.five_towns import DOCUMENTS, Opener


@pytest.fixture
def url(catalogue_url: str) -> str:
    return catalogue_url


@pytest.fixture
def database(tmp_path: Path, url: str) -> Iterator[Database]:
    place: Place = place_of(CATALOGUE, tmp_path, url)
    with closing(Database(place)) as opened:
        yield opened


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection)
    return list(compare_metadata(context, tables.metadata))


def test_last_revision_is_the_present_format(database: Database) -> None:
    with database.writing() as connection:
        script = ScriptDirectory.from_config(config(connection))
    revisions = [revision.revision for revision in script.walk_revisions()]
    formats = range(tables.FORMAT, tables.OLDEST - 1, -1)
    assert revisions == [str(format_) for format_ in formats]


def test_migrated_schema_is_that_of_a_new_catalogue(database: Database) -> None:
    with database.writing() as connection:
        database.prepare(connection)
        command.upgrade(config(connection), "head")
        assert differences(connection) == []
        connection.execute(sql("DROP INDEX passages_by_key"))
        assert len(differences(connection)) == 1


def test_new_catalogue_needs_no_migration(tmp_path: Path, url: str, database: Database) -> None:
    Catalogue.open(database.place, tmp_path, create=True).close()
    with database.reading() as connection:
        assert differences(connection) == []
        assert not inspect(connection).has_table("alembic_version")


def make_old(connection: Connection, format_: int) -> None:
    """Take from a catalogue what an earlier format did not have."""
    for table in ("statistics", "terms", "collections", "shards"):
        connection.execute(sql(f"DROP TABLE {table}"))
    connection.execute(sql("ALTER TABLE state DROP COLUMN uploads"))
    if format_ < 3:
        connection.execute(sql("ALTER TABLE roots DROP COLUMN seal"))
    if format_ == 1:
        connection.execute(sql("ALTER TABLE documents DROP COLUMN seal"))
        connection.execute(sql("ALTER TABLE passages DROP COLUMN seal"))
        connection.execute(sql("DROP TABLE commits"))
        for number, vector in connection.execute(select(tables.vectors)).all():
            one = tables.vectors.update().where(tables.vectors.c.number == number)
            connection.execute(one.values(vector=vector[:-4]))
    connection.execute(sql(f"UPDATE state SET format = {format_}"))


@pytest.mark.parametrize("format_", [1, 2, 3])
def test_catalogue_of_an_earlier_format_is_migrated(format_: int, opened: Opener) -> None:
    with opened() as store, store.catalogue._database.writing() as connection:
        make_old(connection, format_)
    store = opened()
    assert [store.document(document.id) for document in DOCUMENTS] == DOCUMENTS
    with store.catalogue.reading() as rows:
        assert sum(len(numbers) for numbers, _ in rows.vectors_since(0)) == 5
    with store.writing():
        store.repair()
    assert opened().verify() == ()
    with store.catalogue._database.reading() as connection:
        assert connection.execute(select(tables.state.c.format)).scalar() == tables.FORMAT
        assert differences(connection) == []


def test_failed_migration_leaves_the_catalogue_as_it_was(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened() as store, store.catalogue._database.writing() as connection:
        make_old(connection, 1)

    def fail(_: bytes) -> bytes:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(tables, "seal_vector", fail)
        with pytest.raises(MemoryError):
            opened()
    with opened().catalogue.reading() as rows:
        assert sum(len(numbers) for numbers, _ in rows.vectors_since(0)) == 5
