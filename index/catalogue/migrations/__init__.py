"""Catalogues of earlier formats → the present one, by Alembic.

A format is the revision of the same name. ``state.format`` says which one a catalogue has, and
Alembic's own table is set by it before each migration, so that the two never disagree. A new format
is one more file in ``versions`` and one more for ``tables.FORMAT``.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, select, update

from index.catalogue import tables

_FOLDER = Path(__file__).parent


def migrate(connection: Connection) -> None:
    """Bring a catalogue of an earlier format to the present one, within the transaction."""
    found: int = connection.execute(select(tables.state.c.format)).scalar_one()
    command.stamp(config(connection), str(found), purge=True)
    command.upgrade(config(connection), str(tables.FORMAT))
    connection.execute(update(tables.state).values(format=tables.FORMAT))


def config(connection: Connection) -> Config:
    """Return what Alembic needs to know; no file and no logging is configured."""
    made = Config()
    made.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made
