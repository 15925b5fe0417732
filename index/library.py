"""The documents of an index as its users see, add and remove them, one at a time.

What they add is kept in a root inside the index folder, which no scan of a folder enters.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import time_ns

from index.batches import make_draft, run_embedder
from index.catalogue.entries import DocumentSummary, Entry, Root, Stamp
from index.durable import UNFINISHED, replacing
from index.embedding import Embedder
from index.errors import IndexFolderError, OversizedDocumentError
from index.events import Failed, Removed
from index.extracting import extractor
from index.freshness import stale
from index.ingest import IndexingSettings, index
from index.naming import safe_name
from index.removal import remove
from index.roots import UPLOADS, FoundFile
from index.store import Store
from index.uploads import hold_uploads, root_of_uploads

_logger = logging.getLogger(__name__)
_BEFORE = ".before"  # the suffix of a file that is being replaced


@dataclass(frozen=True, slots=True)
class Held:
    """A document of a library, and how its file stands."""

    summary: DocumentSummary
    stale: bool  # the file is gone, or has changed since it was indexed
    uploaded: bool  # the file lies in the index folder, and goes when the document is removed


class Library:
    """The documents of an index, for all threads of a process.

    Args:
        store: The index.
        embedder: What passages are embedded with; with None, they are found by keywords alone.
        max_bytes: A larger file is refused.
    """

    def __init__(self, store: Store, embedder: Embedder | None, *, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self._store = store
        self._embedder = embedder

    def recover(self) -> None:
        """Finish what a crash may have cut short: index files added, delete those of removals.

        Raises:
            IndexFolderError: The catalogue's uploads are in another folder.
            IndexLockedError: Another writer is at work.
        """
        folder = self._store.folder / UPLOADS
        if not folder.is_dir():
            return
        with self._store.writing():
            hold_uploads(self._store)
            with self._store.catalogue.reading() as rows:
                removed = rows.hidden(root_of_uploads(self._store.folder, rows).name)
            for path in folder.iterdir():
                is_left = path.name in removed or path.suffix in (_BEFORE, UNFINISHED)
                if is_left and path.is_file():
                    path.unlink()
            settings, embedder = IndexingSettings(self.max_bytes), self._fitting_embedder()
            for event in index(self._store, [folder], embedder=embedder, settings=settings):
                if isinstance(event, Failed):
                    _logger.warning("%s, added earlier: %s", event.path, event.reason)
                elif isinstance(event, Removed):
                    _logger.warning("%s, added earlier, is gone, and is removed", event.path)

    def documents(self) -> tuple[tuple[Held, ...], int]:
        """List the documents by root and path, and the generation that they are of."""
        with self._store.catalogue.reading() as rows:
            summaries = rows.documents()
            uploads = root_of_uploads(self._store.folder, rows).name
            changed = stale(rows, [summary.id for summary in summaries])
            held = (Held(one, one.id in changed, one.root == uploads) for one in summaries)
            return tuple(held), rows.state.generation

    def add(self, name: str, data: bytes) -> tuple[Held, bool]:
        """Keep a file and index it, in place of one of the same name that was added before.

        It is there whole or not at all: what cannot be read or committed leaves nothing behind,
        and what it was to replace stays.

        Args:
            name: What the file is called; folders before the name do not count.
            data: Its bytes.

        Returns:
            The document, and whether it replaced an earlier one.

        Raises:
            ExtractionError: The file cannot be read as a document, or is too large.
            IndexFolderError: The catalogue's uploads are in another folder.
            IndexLockedError: Another writer is at work.
        """
        name = safe_name(name)
        if len(data) > self.max_bytes:
            sizes = f"{len(data) / 2**20:.1f} MiB, over the limit of {self.max_bytes / 2**20:g} MiB"
            raise OversizedDocumentError(name, sizes)
        with self._store.writing():
            hold_uploads(self._store)
            with self._store.catalogue.reading() as rows:
                root = root_of_uploads(self._store.folder, rows)
            entry = self._read(name, data, root)
            with _placed(root.path / name, data) as stamp:
                return self._commit(root, replace(entry, stamp=stamp))

    def remove(self, document_id: str) -> None:
        """Remove a document; its file goes if it was added here, else it stays out of later syncs.

        Raises:
            UnknownDocumentError: There is none by that id.
            IndexLockedError: Another writer is at work.
        """
        with self._store.catalogue.reading() as rows:
            gone = rows.summary(document_id)  # a name will not do: it may stand for many
        deque(remove(self._store, gone.id), maxlen=0)

    def _read(self, name: str, data: bytes, root: Root) -> Entry:
        now = time_ns()
        file = FoundFile(Path(name), name, Stamp(len(data), now, now, now))
        document = extractor().read(data, file, root.name)
        run = run_embedder(self._store, self._fitting_embedder())
        [entry] = run.entries([make_draft(document, run.embedder, file.stamp)])
        return entry

    def _fitting_embedder(self) -> Embedder | None:
        """Return the embedder, unless the index holds documents that were indexed without it.

        To adopt it would drop their vectors, and so hide them behind the one that is added.
        """
        with self._store.catalogue.reading() as rows:
            adopted, documents = rows.state.embedder, rows.counts().documents
        fits = self._embedder is not None and self._embedder.name == adopted
        return self._embedder if fits or not documents else None

    def _commit(self, root: Root, entry: Entry) -> tuple[Held, bool]:
        document = entry.document
        with self._store.commit() as changes:
            if root not in changes.roots():
                changes.add_root(root)
            is_known = document.path in changes.files(root.name)
            changes.show(root.name, document.path)
            changes.put(entry)
            return Held(changes.summary(document.id), stale=False, uploaded=True), is_known


@contextmanager
def _placed(path: Path, data: bytes) -> Iterator[Stamp]:
    """Put a file in its place; if the block fails, what was there before is there again."""
    before = path.with_name(f"{path.name}{_BEFORE}")
    try:
        path.parent.mkdir(exist_ok=True)
        before.unlink(missing_ok=True)
        if path.exists():
            before.hardlink_to(path)  # so that to go back takes no room on a disk that is full
        with replacing(path) as file:
            file.write(data)
    except OSError as error:
        before.unlink(missing_ok=True)
        raise IndexFolderError(
            f"{path}: {error.strerror}: make room there, or let it be written"
        ) from error
    try:
        yield Stamp.of(path.stat())
    except BaseException:
        if before.exists():
            before.replace(path)
        else:
            path.unlink()
        raise
    before.unlink(missing_ok=True)
