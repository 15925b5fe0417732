"""The indexing line: files → documents → passages → vectors → committed, batch by batch."""

from __future__ import annotations

import errno
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from index.documents import current_extractors, read_document
from index.drafts import Draft, adopt, embed, in_batches, make_draft
from index.embedding import Embedder
from index.entries import DocumentSummary, KnownFile
from index.errors import ExtractionError, UnknownDocumentError
from index.events import Committed, Done, Event, Failed, Found, Removed, Skipped, Unchanged
from index.formats import SUFFIXES
from index.readings import Reading
from index.roots import FoundFile, Scan, ScanRules, Scope, printable, scan, scope_of
from index.store import Store

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class IndexingSettings:
    """How a run goes about its files."""

    max_bytes: int = 64 * 2**20  # larger files are passed over
    prune: bool = False  # let a missing or empty folder take its documents with it
    wait: float = 0.0  # seconds to wait for another writer


_DEFAULTS = IndexingSettings()


@dataclass(frozen=True, slots=True)
class _Sync:
    """One path's part of a run: what lies there, and what the index knows of it."""

    scope: Scope
    scan: Scan
    known: dict[str, KnownFile]  # in the scope, by relative path
    todo: tuple[FoundFile, ...]  # what may have changed
    hidden: int  # files that were removed by hand and stay out


@dataclass(frozen=True, slots=True)
class _Rejected:
    """A file that cannot be read, and the document that goes because of it."""

    file: FoundFile
    reason: str
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Same:
    """A file that holds what the index holds."""

    file: FoundFile
    document_id: str


def index(
    store: Store,
    paths: Sequence[Path],
    *,
    embedder: Embedder | None,
    settings: IndexingSettings = _DEFAULTS,
) -> Iterator[Event]:
    """Make the index agree with files and folders; what else it holds stays as it is.

    Each batch of files is one commit, told afterwards; a run that was interrupted goes on where it
    stopped. A file that cannot be read is told and stops nothing; if its bytes have changed, its
    earlier text goes too, because it could no longer be cited.

    Raises:
        IndexLockedError: Another writer is at work.
    """
    with store.writing(wait=settings.wait):
        adopt(store, embedder)
        run = _Run(store, embedder, settings)
        syncs = [run.plan(path) for path in paths]
        todo = [file for sync in syncs for file in sync.todo]
        yield Found(len(todo), sum(file.stamp.size for file in todo))
        seen: Counter[type[Event]] = Counter()
        for sync in syncs:
            for event in run.sync(sync):
                seen[type(event)] += 1
                yield event
        shown = sum(len(sync.scan.files) - sync.hidden for sync in syncs)
        seen[Unchanged] += shown - len(todo)
        yield _done(store, seen)


def remove(store: Store, name: str) -> Iterator[Removed]:
    """Remove a root, or a document by its id or path, and keep its file out of later syncs.

    Args:
        store: The index.
        name: A root's name; a document's id; its path relative to its root, the root's name
            before it or not; or the path of its file.

    Raises:
        UnknownDocumentError: Nothing goes by that name.
        IndexLockedError: Another writer is at work.
    """
    with store.writing():
        with store.commit() as changes:
            gone = [summary for summary in changes.documents() if summary.root == name]
            if any(root.name == name for root in changes.roots()):
                changes.forget_root(name)
            else:
                gone = [_document_named(changes, name)]
                changes.hide(gone[0].root, gone[0].path)
                changes.remove([gone[0].id])
        for summary in gone:
            yield Removed(summary.path, summary.id, changes.generation)


@dataclass(frozen=True, slots=True)
class _Run:
    """One run of the line."""

    store: Store
    embedder: Embedder | None
    settings: IndexingSettings

    def plan(self, path: Path) -> _Sync:
        """Compare a path with the index; a folder that is new becomes a root."""
        with self.store.catalogue.reading() as rows:
            scope = scope_of(path, rows.roots())
            is_new = scope.root not in rows.roots()
            hidden = rows.hidden(scope.root.name)
            known = rows.files(scope.root.name)
        rules = ScanRules(frozenset(SUFFIXES), self.settings.max_bytes, self.store.folder)
        found = scan(scope, rules)
        if is_new and found.exists:
            with self.store.commit() as changes:
                changes.add_root(scope.root)
        shown = [f for f in found.files if f.relative not in hidden or f.path == scope.path]
        todo = tuple(file for file in shown if self._may_differ(file, known.get(file.relative)))
        known = {relative: file for relative, file in known.items() if scope.holds(relative)}
        return _Sync(scope, found, known, todo, len(found.files) - len(shown))

    def sync(self, sync: _Sync) -> Iterator[Event]:
        """Read, embed and commit what has changed, then remove what is gone."""
        yield from _passed_over(sync)
        items = (self._read(file, sync) for file in sync.todo)
        for batch in in_batches(items, _weight):
            yield from self._commit(batch, sync)
        yield from self._remove_gone(sync)

    def _may_differ(self, file: FoundFile, known: KnownFile | None) -> bool:
        return (
            known is None
            or not known.stamp.proves_unchanged(file.stamp)
            or not self._is_current(known)
        )

    def _is_current(self, known: KnownFile) -> bool:
        """Tell whether a document would be made the same way today."""
        embedded = self.embedder is None or known.embedder == self.embedder.name
        return embedded and known.extractor in current_extractors()

    def _read(self, file: FoundFile, sync: _Sync) -> Draft | _Rejected | _Same:
        known = sync.known.get(file.relative)
        try:
            data = _read_bytes(file, self.settings.max_bytes)
        except OSError as error:
            return _Rejected(file, error.strerror or str(error))
        digest = sha256(data).hexdigest()
        if known and known.sha256 == digest and self._is_current(known):
            return _Same(file, known.document_id)
        try:
            document = read_document(data, file, sync.scope.root.name)
            return make_draft(document, self.embedder, file.stamp)
        except ExtractionError as error:
            reason = error.reason
        except Exception as error:  # a reader's own fault stops no run
            _logger.debug("%s", file.path, exc_info=True)
            reason = f"its reader failed ({type(error).__name__}: {error})"
        if known is None or known.sha256 == digest:
            return _Rejected(file, reason)
        reason += "; what was indexed of it before is removed"
        return _Rejected(file, reason, known.document_id)

    def _commit(self, batch: Sequence[Draft | _Rejected | _Same], sync: _Sync) -> Iterator[Event]:
        drafts = [item for item in batch if isinstance(item, Draft)]
        gone = [i.document_id for i in batch if isinstance(i, _Rejected) and i.document_id]
        same = {item.document_id: item.file.stamp for item in batch if isinstance(item, _Same)}
        generation = 0
        if same:
            self.store.catalogue.touch(same)
        if drafts or gone:
            entries = embed(self.store, drafts, self.embedder)
            with self.store.commit() as changes:
                changes.put(*entries)
                if sync.scope.path != sync.scope.root.path:
                    changes.show(sync.scope.root.name, str(sync.scope.prefix))
                changes.remove(gone)
            generation = changes.generation
        for item in batch:
            yield _event(item, generation)

    def _remove_gone(self, sync: _Sync) -> Iterator[Event]:
        present = {file.relative for file in sync.scan.files}
        gone = {
            relative: file.document_id
            for relative, file in sync.known.items()
            if relative not in present and not sync.scan.is_unsure_of(relative)
        }
        if not gone or (not sync.scan.files and not self.settings.prune):
            return
        with self.store.commit() as changes:
            changes.remove(gone.values())
        for relative, gone_id in gone.items():
            yield Removed(relative, gone_id, changes.generation)


def _passed_over(sync: _Sync) -> Iterator[Event]:
    place = printable(sync.scope.path)
    kept = f"; the {len(sync.known)} documents indexed of it stay (--prune removes them)"
    kept = kept if sync.known else ""
    if not sync.scan.exists:
        yield Failed(place, f"no such file or folder{kept}")
    elif not sync.scan.files and sync.known:
        yield Skipped(place, f"nothing to index in it{kept}")
    for path, reason in sync.scan.passed_over:
        yield Skipped(path, reason)
    if sync.hidden:
        yield Skipped(place, f"{sync.hidden} removed by hand (name the file to have it back)")


def _read_bytes(file: FoundFile, max_bytes: int) -> bytes:
    with file.path.open("rb") as opened:
        data = opened.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise OSError(errno.EFBIG, "it has grown over the limit while it was looked at")
    return data


def _weight(item: Draft | _Rejected | _Same) -> int:
    return len(item.passages) if isinstance(item, Draft) else 0


def _event(item: Draft | _Rejected | _Same, generation: int) -> Event:
    if isinstance(item, Draft):
        document = item.document
        return Committed(document.path, document.id, document.sha256, generation, item.stamp.size)
    relative, size = item.file.relative, item.file.stamp.size
    if isinstance(item, _Rejected):
        return Failed(relative, item.reason, size)
    return Unchanged(relative, size)


def _document_named(rows: Reading, name: str) -> DocumentSummary:
    roots = {root.name: root.path for root in rows.roots()}
    for summary in rows.documents():
        relative = f"{summary.root}/{summary.path}"
        file = roots[summary.root] / summary.path
        if name in (summary.id, summary.path, relative) or Path(name).absolute() == file:
            return summary
    raise UnknownDocumentError(f"no document or root {name!r} in the index: see its documents")


def _done(store: Store, seen: Counter[type[Event]]) -> Done:
    with store.catalogue.reading() as rows:
        counts = rows.counts()
        return Done(
            committed=seen[Committed],
            unchanged=seen[Unchanged],
            failed=seen[Failed],
            skipped=seen[Skipped],
            removed=seen[Removed],
            documents=counts.documents,
            passages=counts.passages,
            generation=rows.state.generation,
        )
