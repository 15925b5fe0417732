from __future__ import annotations

import sys
import traceback
from contextlib import closing
from pathlib import Path

import pytest

from index.database import Database, place_of
from index.database.places import CATALOGUE, CONVERSATIONS
from index.errors import ConfigurationError, IndexLockedError
from index.store import Store


def write(path: Path, value: int) -> None:
    with closing(Database(path)) as database, database.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE held (value INTEGER)")
        connection.exec_driver_sql(f"INSERT INTO held VALUES ({value})")


def read(database: Database) -> object:
    with database.reading() as connection:
        return connection.exec_driver_sql("SELECT value FROM held").scalar_one()


@pytest.mark.parametrize(
    "setting",
    ["nonsense", "mysql://me:secret@host/name", "sqlite://", "postgresql:secret", "a://b:c:d"],
)
def test_setting_of_another_form_is_refused_without_a_word_of_it(setting: str) -> None:
    with pytest.raises(ConfigurationError, match="give sqlite:////path") as raised:
        place_of(CATALOGUE, Path("index"), setting)
    assert "secret" not in "".join(traceback.format_exception(raised.value))


@pytest.mark.parametrize("host", ["host/db", "/db?host=/run"])
def test_password_with_a_sign_that_ends_it_is_refused_without_a_word_of_it(host: str) -> None:
    with pytest.raises(ConfigurationError, match="write %40") as raised:
        place_of(CATALOGUE, Path("index"), f"postgresql://bob:sec@ret@{host}")
    assert "ret" not in "".join(traceback.format_exception(raised.value)).split("Error: ")[-1]


def test_catalogue_is_not_the_file_of_the_conversations() -> None:
    for name in (CATALOGUE, CONVERSATIONS):
        with pytest.raises(ConfigurationError, match="give the catalogue another name"):
            place_of(name, Path("index"), "sqlite:////srv/conversations.sqlite")


def test_conversations_lie_beside_the_catalogue() -> None:
    setting = "sqlite:////srv/a.sqlite"
    assert place_of(CATALOGUE, Path("index"), setting) == Path("/srv/a.sqlite")
    assert place_of(CONVERSATIONS, Path("index"), setting) == Path("/srv/conversations.sqlite")
    assert place_of(CONVERSATIONS, Path("index"), "") == Path("index/conversations.sqlite")


def test_place_on_a_server_shows_no_password() -> None:
    place = place_of(
        CONVERSATIONS, Path("index"), "postgresql://me:secret@host/name?password=secret"
    )
    assert f"{place}" == f"{place!r}" == "postgresql://me@host/name (conversations)"


def test_driver_that_is_not_installed_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigurationError, match=r"document-assistant\[scale\]"):
        Database(place_of(CATALOGUE, Path("index"), "postgresql://host/name"))


def test_catalogue_in_a_file_elsewhere_is_locked_there(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/shared.sqlite"
    with (
        Store.open(tmp_path / "one", embedder_name=None, create=True, catalogue=url) as one,
        Store.open(tmp_path / "other", embedder_name=None, catalogue=url) as other,
        one.writing(),
        pytest.raises(IndexLockedError, match="is writing"),
        other.writing(),
    ):
        pass
    assert (tmp_path / "shared.sqlite").exists()


def test_a_file_put_in_the_place_of_another_is_read_from_then_on(tmp_path: Path) -> None:
    path, other = tmp_path / "a.sqlite", tmp_path / "b.sqlite"
    write(path, 1)
    write(other, 2)
    with closing(Database(path)) as database:
        assert read(database) == 1
        for name in ("a.sqlite-wal", "a.sqlite-shm"):
            (tmp_path / name).unlink()
        other.replace(path)
        assert read(database) == 2
