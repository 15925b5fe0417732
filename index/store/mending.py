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
from index.store.caching import FileCaches
from index.store.locking import lock_of
from index.store.searches import Opener


def mend(folder: Path, catalogue: str = "", *, searches: Opener = FileCaches) -> list[str]:
    """Restore what can be of an index: of the catalogue what is whole, and then the searches.

    Args:
        folder: The index folder.
        catalogue: URL of its catalogue, as for ``Store.open``; one on a server is left as it is.
        searches: What keeps the searches.

    Returns:
        What was found damaged and what became of it, a line each.

    Raises:
        IndexLockedError: A writer is at work.
        IndexMissingError: There is no index.
        IndexVersionError: It has another format.
    """
    place = place_of(CATALOGUE, folder, catalogue)
    if isinstance(place, Schema):
        return _mend_searches(folder, catalogue, place, searches)
    if not folder.is_dir():
        Catalogue.open(place, folder).close()  # which says that there is none
    with lock_of(place).held():
        lines = salvage(place, folder) if _is_damaged(place, folder) else []
    _rebuild(folder, catalogue, searches)
    return lines


def _mend_searches(folder: Path, catalogue: str, place: Schema, searches: Opener) -> list[str]:
    if not _is_damaged(place, folder):
        _rebuild(folder, catalogue, searches)
        return []
    with suppress(IndexDamagedError):
        _rebuild(folder, catalogue, searches)
    return [
        f"{place} is damaged: restore the database from a backup, and then the searches with "
        "`assistant doctor --repair`"
    ]


def _rebuild(folder: Path, catalogue: str, searches: Opener) -> None:
    opened = Store.open(folder, embedder_name=None, catalogue=catalogue, searches=searches)
    with opened as store, store.writing():
        store.repair()


def _is_damaged(place: Place, folder: Path) -> bool:
    try:
        with closing(Catalogue.open(place, folder)) as catalogue, catalogue.reading() as rows:
            return bool(catalogue.problems()) or any(document_problems(rows))
    except IndexDamagedError:
        return True
