"""Taking documents out of an index by hand, for good."""

from __future__ import annotations

from collections.abc import Iterator

from index.events import Removed
from index.naming import document_named
from index.roots import UPLOADS
from index.store import Store


def remove(store: Store, name: str) -> Iterator[Removed]:
    """Remove a root, or a document by its id or path, and keep its file out of later syncs.

    A file that was added in the page lies in the index folder, and is deleted.

    Args:
        store: The index.
        name: A root's name; a document's id; its path relative to its root, the root's name
            before it or not; or the path of its file.

    Raises:
        UnknownDocumentError: Nothing goes by that name, or more than one document.
        IndexLockedError: Another writer is at work.
    """
    with store.writing():
        with store.commit() as changes:
            roots = {root.name: root.path for root in changes.roots()}
            gone = [summary for summary in changes.documents() if summary.root == name]
            if name in roots:
                changes.forget_root(name)
            else:
                gone = [document_named(changes, name)]
                changes.hide(gone[0].root, gone[0].path)
                changes.remove([gone[0].id])
        uploads = store.folder / UPLOADS
        for summary in gone:
            if roots.get(summary.root) == uploads:
                (uploads / summary.path).unlink(missing_ok=True)
            yield Removed(summary.path, summary.id, changes.generation)
