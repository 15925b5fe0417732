"""The folder of what users add, and whether it is the one that the catalogue means.

Several index folders may follow one catalogue. Where each had uploads of its own, a sync of one
would take the files that only another has for gone.
"""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex

from index.catalogue.entries import Root
from index.catalogue.readings import Reading
from index.durable import replacing
from index.errors import IndexFolderError
from index.roots import UPLOADS, new_root
from index.store import Store

_MARK = ".mark"  # in the folder, as in the catalogue: no other folder has the same


def root_of_uploads(folder: Path, rows: Reading) -> Root:
    """Return the root of what was added to an index folder, which the first file adds to it."""
    uploads, roots = folder / UPLOADS, rows.roots()
    return next((root for root in roots if root.path == uploads), new_root(uploads, roots))


def hold_uploads(store: Store) -> None:
    """Make sure, within ``Store.writing``, that what was added before is in this index's folder.

    The first folder to ask becomes the one; so does another when nothing is left of what was
    added. A catalogue that lies in the index folder goes where its uploads go.

    Raises:
        IndexFolderError: The catalogue's uploads are in another folder, or this cannot be written.
    """
    if isinstance(store.catalogue.place, Path) and store.catalogue.place.parent == store.folder:
        return
    path = store.folder / UPLOADS / _MARK
    with store.catalogue.reading() as rows:
        due = rows.state.uploads
        root = root_of_uploads(store.folder, rows).name
        has_uploads = bool(rows.document_ids(root))
    try:
        mark = path.read_text("ascii") if path.exists() else ""
        if due and mark != due and has_uploads:
            raise IndexFolderError(
                f"{path.parent} is not the folder that files were added to before: share that "
                "one among all index folders of the catalogue, with its hidden file, or give up "
                f"what was added with `assistant remove {root}`"
            )
        if not mark:
            mark = token_hex(8)
            path.parent.mkdir(exist_ok=True)
            with replacing(path) as file:
                file.write(mark.encode())
    except (OSError, ValueError) as error:
        raise IndexFolderError(f"{path}: {error}: let it be read and written") from error
    if mark != due:
        with store.commit() as changes:
            changes.mark_uploads(mark)
