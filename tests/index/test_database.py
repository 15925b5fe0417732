from __future__ import annotations

from contextlib import closing
from pathlib import Path

from index.database import Database


def write(path: Path, value: int) -> None:
    with closing(Database(path)) as database, database.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE held (value INTEGER)")
        connection.exec_driver_sql(f"INSERT INTO held VALUES ({value})")


def read(database: Database) -> object:
    with database.reading() as connection:
        return connection.exec_driver_sql("SELECT value FROM held").scalar_one()


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
