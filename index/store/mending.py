"""Mending an index whose catalogue is damaged."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from index.catalogue import Catalogue
from index.catalogue.salvaging import salvage
from index.catalogue.verifying import document_problems
from index.errors import IndexDamagedError
from index.store import Store
from index.store.caching import FileCaches
from index.store.locking import WriterLock
from index.store.searches import Opener


def mend(folder: Path, *, searches: Opener = FileCaches) -> list[str]:
    """Restore what can be of an index: of the catalogue what is whole, and then the searches.

    Returns:
        What was found damaged and what became of it, a line each.

    Raises:
        IndexLockedError: A writer is at work.
        IndexMissingError: There is no index.
        IndexVersionError: It has another format.
    """
    if not folder.is_dir():
        Catalogue.open(folder / "catalogue.sqlite").close()  # which says that there is none
    with WriterLock(folder).held():
        path = folder / "catalogue.sqlite"
        lines = salvage(path) if _is_damaged(path) else []
    with (
        Store.open(folder, embedder_name=None, searches=searches) as store,
        store.writing(),
    ):
        store.repair()
    return lines


def _is_damaged(path: Path) -> bool:
    try:
        with closing(Catalogue.open(path)) as catalogue, catalogue.reading() as rows:
            return bool(catalogue.problems()) or any(document_problems(rows))
    except IndexDamagedError:
        return True
