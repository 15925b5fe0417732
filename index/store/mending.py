"""Mending an index whose catalogue is damaged."""

from __future__ import annotations

from contextlib import closing, suppress
from pathlib import Path

from index.catalogue import Catalogue
from index.catalogue.salvaging import salvage
from index.catalogue.verifying import document_problems
from index.database.places import CATALOGUE, Place, Schema, place_of
from index.errors import IndexDamagedError
from index.store import Store
from index.store.locking import lock_of


def mend(folder: Path, catalogue: str = "") -> list[str]:
    """Restore what can be of an index: of the catalogue what is whole, and then the caches.

    Args:
        folder: The index folder.
        catalogue: URL of its catalogue, as for ``Store.open``; one on a server is left as it is.

    Returns:
        What was found damaged and what became of it, a line each.

    Raises:
        IndexLockedError: A writer is at work.
        IndexMissingError: There is no index.
        IndexVersionError: It has another format.
    """
    place = place_of(CATALOGUE, folder, catalogue)
    if isinstance(place, Schema):
        return _mend_caches(folder, catalogue, place)
    if not folder.is_dir():
        Catalogue.open(place, folder).close()  # which says that there is none
    with lock_of(place).held():
        lines = salvage(place, folder) if _is_damaged(place, folder) else []
    _rebuild(folder, catalogue)
    return lines


def _mend_caches(folder: Path, catalogue: str, place: Schema) -> list[str]:
    if not _is_damaged(place, folder):
        _rebuild(folder, catalogue)
        return []
    with suppress(IndexDamagedError):
        _rebuild(folder, catalogue)
    return [
        f"{place} is damaged: restore the database from a backup, and then the caches with "
        "`assistant doctor --repair`"
    ]


def _rebuild(folder: Path, catalogue: str) -> None:
    with Store.open(folder, embedder_name=None, catalogue=catalogue) as store, store.writing():
        store.repair()


def _is_damaged(place: Place, folder: Path) -> bool:
    try:
        with closing(Catalogue.open(place, folder)) as catalogue, catalogue.reading() as rows:
            return bool(catalogue.problems()) or any(document_problems(rows))
    except IndexDamagedError:
        return True
