from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import UnknownDocumentError
from index.events import Committed, Done, Skipped
from index.removal import remove
from index.search import search
from index.store import Store
from tests.index.ingest.runs import Run, of, paths


def test_removed_document_stays_out_until_its_file_is_named(
    run: Run, docs: Path, store: Store
) -> None:
    run()
    assert [event.path for event in remove(store, "rome.txt")] == ["rome.txt"]
    events = run()
    assert [e.reason.split(" (")[0] for e in of(Skipped, events)] == ["1 removed by hand"]
    assert of(Done, events)[0].unchanged == 1
    assert paths(store) == ["south/kabul.md"]
    run(docs / "rome.txt")
    run()
    assert paths(store) == ["rome.txt", "south/kabul.md"]


def test_document_is_removed_by_any_of_its_names(run: Run, docs: Path, store: Store) -> None:
    document_id = of(Committed, run())[0].document_id
    for name in (document_id, "docs/rome.txt", str(docs / "rome.txt")):
        assert [event.document_id for event in remove(store, name)] == [document_id]
        run(docs / "rome.txt")
    with pytest.raises(UnknownDocumentError, match=r"nothing\.txt"):
        list(remove(store, "nothing.txt"))


def test_removed_root_is_forgotten_with_its_documents(run: Run, docs: Path, store: Store) -> None:
    run()
    assert [event.path for event in remove(store, "docs")] == ["rome.txt", "south/kabul.md"]
    assert search(store, None, "council", k=5).hits == ()
    assert len(of(Committed, run())) == 2
