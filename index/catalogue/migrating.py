"""Catalogues of earlier formats → the present one."""

from __future__ import annotations

from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, Table, bindparam, insert, select, update

from index.catalogue import tables

OLDEST = 1  # format that can be brought to the present one


def migrate(connection: Connection) -> None:
    """Bring a catalogue of an earlier format to the present one: what it holds is sealed."""
    state = connection.execute(select(tables.state)).one()
    if state.format < 2:
        _seal_documents(connection, state.generation)
    if state.format < 3:
        _seal_rows(connection, tables.roots, "name", tables.SEALED_ROOT)
    if state.format < 4:
        tables.shards.create(connection, checkfirst=True)
    connection.execute(update(tables.state).values(format=tables.FORMAT))


def _seal_documents(connection: Connection, generation: int) -> None:
    tables.commits.create(connection)
    commit = insert(tables.commits).values(generation=generation, mark=token_hex(8))
    connection.execute(commit)
    _seal_rows(connection, tables.documents, "id", tables.SEALED_DOCUMENT)
    _seal_rows(connection, tables.passages, "number", tables.SEALED_PASSAGE)
    driver: Any = connection.connection.driver_connection
    driver.create_function("seal_vector", 1, tables.seal_vector)
    connection.exec_driver_sql("UPDATE vectors SET vector = seal_vector(vector)")


def _seal_rows(connection: Connection, table: Table, key: str, names: tuple[str, ...]) -> None:
    add = f"ALTER TABLE {table.name} ADD COLUMN seal BLOB NOT NULL DEFAULT ''"
    connection.exec_driver_sql(add)
    column = table.c[key]
    one = update(table).where(column == bindparam("sealed_key")).values(seal=bindparam("new_seal"))
    for value in connection.execute(select(column)).scalars().all():
        row = connection.execute(select(table).where(column == value)).one()._mapping
        sealed = {"sealed_key": value, "new_seal": tables.seal(row, names)}
        connection.execute(one, sealed)
