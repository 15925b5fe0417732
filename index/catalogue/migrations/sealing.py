"""Sealing what a catalogue holds, for the revisions that brought seals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from alembic import op
from sqlalchemy import Column, LargeBinary, Row, Table, bindparam, select, update

from index.catalogue import tables

_PART = 500  # rows at once


def seal_rows(table: Table, key: str, names: Sequence[str]) -> None:
    """Add a column of seals to a table, and fill it.

    Args:
        table: As it is now.
        key: The column whose values tell its rows apart.
        names: Of the columns that a seal covers.
    """
    op.add_column(table.name, Column("seal", LargeBinary, nullable=False, server_default=""))
    _fill(table.c[key], table.c.seal, names, lambda row: tables.seal(row._mapping, names))


def seal_vectors() -> None:
    """Put its CRC-32 behind each vector."""
    vectors = tables.vectors.c
    _fill(vectors.number, vectors.vector, ["vector"], lambda row: tables.seal_vector(row.vector))


def _fill(
    key: Column[Any], column: Column[Any], names: Sequence[str], value: Callable[[Row[Any]], bytes]
) -> None:
    """Give a column a value made of others in the same row."""
    connection, table = op.get_bind(), column.table
    of_one = update(table).where(key == bindparam("row_key"))
    asked = select(key.label("row_key"), *(table.c[name] for name in names))
    keys = connection.execute(select(key)).scalars().all()
    for start in range(0, len(keys), _PART):
        part = connection.execute(asked.where(key.in_(keys[start : start + _PART])))
        changed = [{"row_key": row.row_key, "new_value": value(row)} for row in part]
        connection.execute(of_one.values({column: bindparam("new_value")}), changed)
