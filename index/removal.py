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
    uploads = store.folder / UPLOADS
    with store.writing():
        with store.commit() as changes:
            roots = {root.name: root.path for root in changes.roots()}
            gone = [summary for summary in changes.documents() if summary.root == name]
            if name in roots and roots[name] != uploads:
                changes.forget_root(name)
            else:
                gone = gone if name in roots else [document_named(changes, name)]
                for summary in gone:
                    changes.hide(summary.root, summary.path)
                changes.remove(summary.id for summary in gone)
        for summary in gone:
            if roots.get(summary.root) == uploads:
                (uploads / summary.path).unlink(missing_ok=True)
            yield Removed(summary.path, summary.id, changes.generation)
