"""What was made of some files → one commit, and the events that tell of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from index.catalogue.entries import Entry
from index.catalogue.ledger import Ledger
from index.events import Committed, Event, Failed, Unchanged
from index.preparing import Candidate, Prepared, Rejected, Same
from index.store import Store

Batch = Sequence[tuple[Candidate, Prepared]]


def commit(
    store: Store, batch: Batch, note: Callable[[Ledger], None] | None = None
) -> Iterator[Event]:
    """Commit a batch of files, then tell what became of each.

    Args:
        store: The index, within ``Store.writing``.
        batch: The files, each with what was made of it.
        note: What the ledger is to say when this is committed, and not before.
    """
    entries = [item for _, item in batch if isinstance(item, Entry)]
    gone = [i.document_id for _, i in batch if isinstance(i, Rejected) and i.document_id]
    same = {i.document_id: c.file.stamp for c, i in batch if isinstance(i, Same)}
    generation = 0
    if same:
        store.catalogue.touch(same)
    if entries or gone:
        with store.commit() as changes:
            changes.put(*entries)
            for root, path in _named_files(batch):
                changes.show(root, path)
            changes.remove(gone)
            if note:
                note(changes.ledger)
        generation = changes.generation
    elif note:
        with store.catalogue.ledger() as ledger:
            note(ledger)
    for candidate, item in batch:
        yield _event(candidate, item, generation)


def _named_files(batch: Batch) -> set[tuple[str, str]]:
    """Return what was given as a path of its own, and so is shown again: roots and paths."""
    scopes = {candidate.scope for candidate, _ in batch}
    return {(s.root.name, str(s.prefix)) for s in scopes if s.path != s.root.path}


def _event(candidate: Candidate, item: Prepared, generation: int) -> Event:
    relative, size = candidate.file.relative, candidate.file.stamp.size
    if isinstance(item, Entry):
        document = item.document
        return Committed(document.path, document.id, document.sha256, generation, size)
    if isinstance(item, Rejected):
        return Failed(relative, item.reason, size)
    return Unchanged(relative, size)
