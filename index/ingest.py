"""The indexing line: files → documents → passages → vectors → committed, batch by batch."""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from index.batches import Draft, RunEmbedder, in_batches, make_draft, warn_of_unembedded
from index.catalogue.entries import KnownFile
from index.documents import current_extractors
from index.embedding import Embedder
from index.errors import ExtractionError
from index.events import Committed, Done, Event, Failed, Found, Removed, Skipped, Unchanged
from index.extracting import extractor
from index.formats import SUFFIXES
from index.roots import FoundFile, Scan, ScanRules, Scope, printable, read_file, scan, scope_of
from index.store import Store

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class IndexingSettings:
    """How a run goes about its files."""

    max_bytes: int = 64 * 2**20  # larger files are passed over
    prune: bool = False  # let a missing or empty folder take its documents with it


_DEFAULTS = IndexingSettings()


@dataclass(frozen=True, slots=True)
class _Sync:
    """One path's part of a run: what lies there, and what the index knows of it."""

    scope: Scope
    scan: Scan
    known: dict[str, KnownFile]  # in the scope, by relative path
    shown: tuple[FoundFile, ...]  # all but those that were removed by hand and stay out
    todo: tuple[FoundFile, ...]  # what may have changed, and no path before has to do


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
    with store.writing():
        run = _Run(store, RunEmbedder(store, embedder), settings)
        syncs = run.plan(paths)
        todo = [file for sync in syncs for file in sync.todo]
        yield Found(len(todo), sum(file.stamp.size for file in todo))
        seen: Counter[type[Event]] = Counter()
        for sync in syncs:
            for event in run.sync(sync):
                seen[type(event)] += 1
                yield event
        shown = {file.path for sync in syncs for file in sync.shown}
        seen[Unchanged] += len(shown) - len(todo)
        yield _done(store, seen)


@dataclass(frozen=True, slots=True)
class _Run:
    """One run of the line."""

    store: Store
    embedder: RunEmbedder
    settings: IndexingSettings

    def plan(self, paths: Sequence[Path]) -> list[_Sync]:
        """Compare paths with the index, each once; a folder that is new becomes a root."""
        planned: set[Path] = set()
        syncs = []
        for path in dict.fromkeys(map(os.path.abspath, paths)):
            syncs.append(self._plan(Path(path), planned))
            planned.update(file.path for file in syncs[-1].todo)
        return syncs

    def _plan(self, path: Path, planned: Collection[Path]) -> _Sync:
        with self.store.catalogue.reading() as rows:
            roots = rows.roots()
            scope = scope_of(path, roots)
            hidden = rows.hidden(scope.root.name)
            known = rows.files(scope.root.name)
        found = scan(scope, self._rules(root.path for root in roots if root != scope.root))
        if scope.root not in roots and found.exists:
            with self.store.commit() as changes:
                changes.add_root(scope.root)
        shown = tuple(f for f in found.files if f.relative not in hidden or f.path == scope.path)
        todo = tuple(
            file
            for file in shown
            if file.path not in planned and self._may_differ(file, known.get(file.relative))
        )
        known = {relative: file for relative, file in known.items() if scope.holds(relative)}
        return _Sync(scope, found, known, shown, todo)

    def _rules(self, other_roots: Iterable[Path]) -> ScanRules:
        return ScanRules(
            frozenset(SUFFIXES),
            self.settings.max_bytes,
            self.store.folder.resolve(),
            frozenset(root.resolve() for root in other_roots),
        )

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
        embedder = self.embedder.embedder
        embedded = embedder is None or known.embedder == embedder.name
        return embedded and known.extractor in current_extractors()

    def _read(self, file: FoundFile, sync: _Sync) -> Draft | _Rejected | _Same:
        known = sync.known.get(file.relative)
        try:
            data = read_file(file.path, sync.scope.root.path, self.settings.max_bytes)
        except OSError as error:
            return _Rejected(file, error.strerror or str(error))
        digest = sha256(data).hexdigest()
        if known and known.sha256 == digest and self._is_current(known):
            return _Same(file, known.document_id)
        try:
            document = extractor().read(data, file, sync.scope.root.name)
            return make_draft(document, self.embedder.embedder, file.stamp)
        except ExtractionError as error:
            reason = error.reason
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
            entries = self.embedder.entries(drafts)
            with self.store.commit() as changes:
                changes.put(*entries)
                if sync.scope.path != sync.scope.root.path:
                    changes.show(sync.scope.root.name, str(sync.scope.prefix))
                changes.remove(gone)
            generation = changes.generation
        for item in batch:
            yield _event(item, generation)

    def _remove_gone(self, sync: _Sync) -> Iterator[Event]:
        root = sync.scope.root.name
        present = {file.relative for file in sync.scan.files}
        with self.store.catalogue.reading() as rows:  # a path before may have held them too
            there = {relative: file.document_id for relative, file in rows.files(root).items()}
        gone = {
            relative: there[relative]
            for relative in sync.known.keys() & there.keys() - present
            if not sync.scan.is_unsure_of(relative)
        }
        if not gone or (not sync.scan.files and not self.settings.prune):
            return
        with self.store.commit() as changes:
            changes.remove(gone.values())
        for relative, gone_id in sorted(gone.items()):
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
    if hidden := len(sync.scan.files) - len(sync.shown):
        yield Skipped(place, f"{hidden} removed by hand (name the file to have it back)")


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


def _done(store: Store, seen: Counter[type[Event]]) -> Done:
    with store.catalogue.reading() as rows:
        counts = rows.counts()
        warn_of_unembedded(rows)
        if not counts.documents:
            _logger.warning("the index is empty: name a folder with documents to read")
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
