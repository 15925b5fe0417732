from __future__ import annotations

import os
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from index.embedding import Embedder
from index.errors import IndexLockedError
from index.events import Committed, Done, Found, Removed, Unchanged, event_json
from index.ingest import index
from index.search import search
from index.store import Store
from tests.index.ingest.runs import KABUL, ROME, CountingEmbedder, Run, of, paths


def test_folder_is_indexed_and_each_file_acknowledged(run: Run, store: Store) -> None:
    events = run()
    assert events[0] == Found(2, len(ROME) + len(KABUL))
    assert [(event.path, event.sha256) for event in of(Committed, events)] == [
        ("rome.txt", sha256(ROME.encode()).hexdigest()),
        ("south/kabul.md", sha256(KABUL.encode()).hexdigest()),
    ]
    [done] = of(Done, events)
    assert (done.committed, done.documents, done.failed) == (2, 2, 0)
    assert done.generation == store.generation
    document = store.document(of(Committed, events)[1].document_id)
    assert (document.root, document.title) == ("docs", "The mission")
    assert document.source_text == KABUL


def test_event_is_written_as_json_by_its_name(run: Run) -> None:
    committed = of(Committed, run())[0]
    assert event_json(committed) == {
        "event": "committed",
        "path": "rome.txt",
        "document_id": committed.document_id,
        "sha256": sha256(ROME.encode()).hexdigest(),
        "generation": committed.generation,
        "size": len(ROME),
    }


def test_unchanged_folder_makes_no_generation(run: Run, store: Store) -> None:
    run()
    before = store.generation
    events = run()
    assert [event.path for event in of(Unchanged, events)] == ["rome.txt", "south/kabul.md"]
    assert (of(Done, events)[0].unchanged, store.generation) == (2, before)


def test_file_whose_times_have_settled_is_not_read_again(
    run: Run, docs: Path, store: Store
) -> None:
    run()
    with store.catalogue.reading() as rows:
        known = rows.files("docs")
    later = time.time_ns() + 3_000_000_000
    settled = {file.document_id: replace(file.stamp, seen_ns=later) for file in known.values()}
    with store.writing():
        store.catalogue.touch(settled)
    (docs / "rome.txt").chmod(0o000)  # changes its ctime: this one is looked at again
    (docs / "rome.txt").chmod(0o644)
    events = run()
    assert of(Found, events)[0].files == 1
    assert [event.path for event in of(Unchanged, events)] == ["rome.txt"]
    assert of(Done, events)[0].unchanged == 2


def test_changed_file_replaces_its_document(run: Run, docs: Path, store: Store) -> None:
    run()
    (docs / "rome.txt").write_text("The council met in Oslo.")
    events = run()
    assert [event.path for event in of(Committed, events)] == ["rome.txt"]
    assert paths(store) == ["rome.txt", "south/kabul.md"]
    found = search(store, None, "council", k=5).hits
    assert [hit.passage.text for hit in found] == ["The council met in Oslo."]


def test_change_that_keeps_size_and_times_is_seen(run: Run, docs: Path, store: Store) -> None:
    before = (docs / "rome.txt").stat()
    run()
    (docs / "rome.txt").write_text(ROME.replace("2002", "1997"))
    os.utime(docs / "rome.txt", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert [event.path for event in of(Committed, run())] == ["rome.txt"]


def test_deleted_file_is_removed(run: Run, docs: Path, store: Store) -> None:
    run()
    (docs / "rome.txt").unlink()
    assert [event.path for event in of(Removed, run())] == ["rome.txt"]
    assert paths(store) == ["south/kabul.md"]


def test_single_file_leaves_the_rest_of_its_folder_alone(
    run: Run, docs: Path, store: Store
) -> None:
    run()
    (docs / "rome.txt").write_text("Changed.")
    (docs / "south" / "kabul.md").unlink()
    events = run(docs / "rome.txt")
    assert [event.path for event in of(Committed, events)] == ["rome.txt"]
    assert paths(store) == ["rome.txt", "south/kabul.md"]


def test_root_is_synced_alone(run: Run, docs: Path, tmp_path: Path, store: Store) -> None:
    other = tmp_path / "other" / "docs"
    other.mkdir(parents=True)
    (other / "rome.txt").write_text("Another Rome.")
    run()
    run(other)
    (docs / "rome.txt").unlink()
    run(other)
    assert [(summary.root, summary.path) for summary in store.documents()] == [
        ("docs", "rome.txt"),
        ("docs", "south/kabul.md"),
        ("docs-2", "rome.txt"),
    ]


def test_interrupted_run_goes_on_where_it_stopped(
    docs: Path, store: Store, embedder: CountingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.batches._PASSAGES", 1)  # a batch for each file
    for event in index(store, [docs], embedder=embedder):
        if isinstance(event, Committed):
            break
    assert paths(store) == ["rome.txt"]
    embedder.embedded.clear()
    events = list(index(store, [docs], embedder=embedder))
    assert [event.path for event in of(Committed, events)] == ["south/kabul.md"]
    assert len(embedder.embedded) == 1


def test_new_reader_version_extracts_again(run: Run, store: Store) -> None:
    run()
    with store.catalogue._database.writing() as raw:
        raw.execute(sql("UPDATE documents SET extractor = 'text/0 line/0'"))
    assert len(of(Committed, run())) == 2
    assert of(Committed, run()) == []


def test_second_writer_is_refused(
    docs: Path, store: Store, embedder: Embedder, catalogue_url: str
) -> None:
    with Store.open(store.folder, embedder_name=None, catalogue=catalogue_url) as other:
        run = index(other, [docs], embedder=embedder)
        with store.writing(), pytest.raises(IndexLockedError, match="is writing"):
            next(run)


def test_empty_folder_makes_a_valid_empty_index(
    run: Run, tmp_path: Path, store: Store, embedder: Embedder
) -> None:
    (tmp_path / "empty").mkdir()
    [done] = of(Done, run(tmp_path / "empty"))
    assert (done.documents, done.passages) == (0, 0)
    assert search(store, embedder, "council", k=5).hits == ()
    assert store.verify() == ()
