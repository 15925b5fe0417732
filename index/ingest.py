"""The indexing line: files → documents → passages → vectors → committed, batch by batch."""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.batches import Draft, RunEmbedder, in_batches, run_embedder, warn_of_unembedded
from index.catalogue.entries import KnownFile
from index.committing import commit
from index.crew import Hire, Job
from index.embedding import Embedder
from index.events import Committed, Done, Event, Failed, Found, Removed, Skipped, Unchanged
from index.foreman import Foreman, name_of_run
from index.formats import SUFFIXES
from index.preparing import Candidate, Rejected, Same, embed, is_current, prepare
from index.roots import UPLOADS, FoundFile, Scan, ScanRules, Scope, printable, scan, scope_of
from index.store import Store
from index.uploads import hold_uploads

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class IndexingSettings:
    """How a run goes about its files."""

    max_bytes: int = 64 * 2**20  # larger files are passed over
    prune: bool = False  # let a missing or empty folder take its documents with it
    hire: Hire | None = None  # who reads and embeds the files; None for this process


_DEFAULTS = IndexingSettings()


@dataclass(frozen=True, slots=True)
class _Sync:
    """One path's part of a run: what lies there, and what the index knows of it."""

    scope: Scope
    scan: Scan
    known: dict[str, KnownFile]  # in the scope, by relative path
    shown: tuple[FoundFile, ...]  # all but those that were removed by hand and stay out
    todo: tuple[Candidate, ...]  # what may have changed, and no path before has to do


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
        IndexFolderError: The catalogue's uploads are to be in another folder than those here.
        IndexLockedError: Another writer is at work.
    """
    with store.writing():
        if settings.hire:  # then the embedder is the workers' to load
            own = RunEmbedder(embedder, held=lambda _: {})
        else:
            own = run_embedder(store, embedder)
        run = _Run(store, own, settings)
        syncs = run.plan(paths)
        todo = [candidate for sync in syncs for candidate in sync.todo]
        yield Found(len(todo), sum(candidate.file.stamp.size for candidate in todo))
        seen: Counter[type[Event]] = Counter()
        for event in run.events(syncs, todo):
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
            planned.update(candidate.file.path for candidate in syncs[-1].todo)
        return syncs

    def _plan(self, path: Path, planned: Collection[Path]) -> _Sync:
        with self.store.catalogue.reading() as rows:
            roots = rows.roots()
            scope = scope_of(path, roots)
            hidden = rows.hidden(scope.root.name)
            known = rows.files(scope.root.name)
        if scope.root.path == self.store.folder / UPLOADS:
            hold_uploads(self.store)
        found = scan(scope, self._rules(root.path for root in roots if root != scope.root))
        if scope.root not in roots and found.exists:
            with self.store.commit() as changes:
                changes.add_root(scope.root)
        shown = tuple(f for f in found.files if f.relative not in hidden or f.path == scope.path)
        todo = tuple(
            Candidate(file, scope, known.get(file.relative))
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

    def events(self, syncs: Sequence[_Sync], todo: Sequence[Candidate]) -> Iterator[Event]:
        """Read, embed and commit what has changed, then remove what is gone."""
        for sync in syncs:
            yield from _passed_over(sync)
        run = name_of_run(sync.scope.path for sync in syncs)
        if self.settings.hire and todo:
            embedder = self.embedder.embedder
            job = Job(embedder.name if embedder else "", self.settings.max_bytes)
            with self.settings.hire(job) as crew:
                yield from Foreman(self.store, crew, run, embedder).events(todo)
        else:
            yield from self._commits(todo)
        for sync in syncs:
            yield from self._remove_gone(sync)
        with self.store.catalogue.ledger() as ledger:
            ledger.forget(run)

    def _commits(self, todo: Sequence[Candidate]) -> Iterator[Event]:
        max_bytes = self.settings.max_bytes
        drafts = ((c, prepare(c, self.embedder.embedder, max_bytes=max_bytes)) for c in todo)
        for batch in in_batches(drafts, _weight):
            candidates, items = zip(*batch, strict=True)
            made = embed(items, self.embedder)
            yield from commit(self.store, list(zip(candidates, made, strict=True)))

    def _may_differ(self, file: FoundFile, known: KnownFile | None) -> bool:
        return (
            known is None
            or not known.stamp.proves_unchanged(file.stamp)
            or not is_current(known, self.embedder.embedder)
        )

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


def _weight(item: tuple[Candidate, Draft | Rejected | Same]) -> int:
    return len(item[1].passages) if isinstance(item[1], Draft) else 0


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
