"""A damaged catalogue → a whole one with all that could still be read and proved."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from secrets import token_hex

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import DBAPIError

from index.catalogue import CACHES, SERVED, Catalogue, tables
from index.catalogue.changes import Changes
from index.catalogue.entries import Root
from index.catalogue.readings import Reading
from index.catalogue.rows import root_of
from index.catalogue.verifying import whole_entry
from index.database import Database
from index.durable import sync_folder
from index.errors import AssistantError, IndexDamagedError, IndexFolderError

_BESIDE = ("-wal", "-shm")  # what SQLite keeps beside a database


def salvage(path: Path, folder: Path) -> list[str]:
    """Make a catalogue anew of what a damaged one still holds whole; keep the damaged one aside.

    Args:
        path: The catalogue's, which nobody else may be writing to.
        folder: The index folder.

    Returns:
        What was kept, and what has to be indexed again, a line each.

    Raises:
        IndexFolderError: The new one cannot be written; then the old one is still there.
    """
    aside = path.parent / f"damaged-{token_hex(4)}"
    new = path.with_name(f"{path.name}.new")
    try:
        _copy(path, aside)
        _remove(new)
        _remove_caches(folder)
        kept, roots = _pour(aside / path.name, new, folder)
    except OSError as error:
        raise IndexFolderError(f"{path.parent}: {error.strerror}: make room there") from error
    for suffix in _BESIDE:
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    new.replace(path)
    sync_folder(path.parent)
    folders = " ".join(str(root) for root in roots) or "the folders that it held"
    return [
        f"{path} was damaged: {kept} documents that are whole were kept",
        f"anything else comes back when its folder is indexed again: assistant index {folders}",
        f"the damaged catalogue was put aside: remove {aside} when nothing is missed",
    ]


def _copy(path: Path, aside: Path) -> None:
    aside.mkdir()
    for suffix in ("", _BESIDE[0]):
        with suppress(FileNotFoundError):
            shutil.copy2(path.with_name(path.name + suffix), aside)


def _remove(path: Path) -> None:
    for suffix in ("", *_BESIDE):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _remove_caches(folder: Path) -> None:
    """Remove what was made of the damaged catalogue, and tells that there was one."""
    vectors, keywords = (folder / name for name in CACHES)
    vectors.unlink(missing_ok=True)
    (folder / SERVED).unlink(missing_ok=True)
    if keywords.is_dir():
        shutil.rmtree(keywords)


def _pour(damaged: Path, new: Path, folder: Path) -> tuple[int, list[Path]]:
    """Fill a new catalogue; return how many documents it holds, and the folders of its roots."""
    _reindex(damaged)
    with (
        closing(Catalogue.open(new, folder, create=True)) as catalogue,
        closing(Database(damaged)) as old,
    ):
        try:
            with old.reading() as connection:
                rows = Reading(connection, folder)
                _go_on_from(new, rows)
                with catalogue.writing() as changes:
                    return _fill(changes, rows, connection, folder)
        except (AssistantError, DBAPIError):  # not even its state can be read
            return 0, []


def _reindex(damaged: Path) -> None:
    """Make its own indexes anew: what only they lost is found again."""
    with (
        suppress(AssistantError, DBAPIError),
        closing(Database(damaged)) as database,
        database.writing() as connection,
    ):
        connection.exec_driver_sql("REINDEX")


def _go_on_from(new: Path, rows: Reading) -> None:
    """Let generations go on from the old ones."""
    with closing(Database(new)) as database, database.writing() as connection:
        generation = rows.state.generation
        values = {"generation": generation, "history": generation, "uploads": rows.state.uploads}
        connection.execute(update(tables.state).values(values))
        connection.execute(update(tables.commits).values(generation=generation))


def _fill(
    changes: Changes, rows: Reading, connection: Connection, folder: Path
) -> tuple[int, list[Path]]:
    if rows.state.embedder:
        changes.adopt_embedder(rows.state.embedder, rows.state.dimension)
    roots = list(_whole_roots(connection, folder))
    for root in roots:
        changes.add_root(root)
        for path in rows.hidden(root.name):
            changes.hide(root.name, path)
    kept, names = 0, {root.name for root in roots}
    for document_id in dict.fromkeys([*_ids(connection, "ASC"), *_ids(connection, "DESC")]):
        with suppress(AssistantError, DBAPIError):
            entry = whole_entry(rows, document_id)
            if entry.document.root in names:
                changes.put(entry)
                kept += 1
    return kept, [root.path for root in roots]


def _whole_roots(connection: Connection, folder: Path) -> Iterator[Root]:
    for row in connection.execute(select(tables.roots)).all():
        with suppress(IndexDamagedError):
            yield root_of(row, folder)


def _ids(connection: Connection, order: str) -> Iterator[str]:
    """Yield document ids from one end of the table, up to where it cannot be read."""
    query = f"SELECT id FROM documents NOT INDEXED ORDER BY rowid {order}"  # noqa: S608
    with suppress(DBAPIError):
        for (document_id,) in connection.exec_driver_sql(query):
            yield str(document_id)
