from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
from numpy.typing import NDArray

from index.embedding import Embedder
from index.errors import IndexLockedError, UnknownDocumentError
from index.events import (
    Committed,
    Done,
    Event,
    Failed,
    Found,
    Removed,
    Skipped,
    Unchanged,
    event_json,
)
from index.ingest import IndexingSettings, index
from index.removal import remove
from index.search import search
from index.store import Store
from torture.models import HashingEmbedder

ROME = "The council met in Rome.\n\nIt was founded in 2002 and has twenty-nine members.\n"
KABUL = "# The mission\n\nThe mission in Kabul ended in 2021.\n"

Kind = TypeVar("Kind", bound=Event)
Run = Callable[..., list[Event]]


class CountingEmbedder(HashingEmbedder):
    """Keeps the texts that it was given."""

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.embedded += texts
        return super().embed(texts)


@pytest.fixture
def embedder() -> CountingEmbedder:
    return CountingEmbedder()


@pytest.fixture
def store(tmp_path: Path, embedder: CountingEmbedder) -> Iterator[Store]:
    with Store.open(tmp_path / "index", embedder_name=embedder.name, create=True) as store:
        yield store


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    (folder / "south").mkdir(parents=True)
    (folder / "rome.txt").write_text(ROME)
    (folder / "south" / "kabul.md").write_text(KABUL)
    return folder


@pytest.fixture
def run(store: Store, embedder: Embedder, docs: Path) -> Run:
    def indexed(*paths: Path, **settings: bool | float) -> list[Event]:
        chosen = IndexingSettings(**settings)  # type: ignore[arg-type]
        return list(index(store, paths or [docs], embedder=embedder, settings=chosen))

    return indexed


def of(kind: type[Kind], events: Sequence[Event]) -> list[Kind]:
    return [event for event in events if isinstance(event, kind)]


def paths(store: Store) -> list[str]:
    return [summary.path for summary in store.documents()]


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


def test_renamed_file_is_not_embedded_again(
    run: Run, docs: Path, store: Store, embedder: CountingEmbedder
) -> None:
    (docs / "south" / "kabul.md").unlink()
    (docs / "one.md").write_text(KABUL)
    run()
    before = search(store, embedder, "mission", k=1).dense[0]
    embedder.embedded.clear()
    (docs / "one.md").rename(docs / "two.md")
    events = run()
    assert embedder.embedded == []
    assert [event.path for event in of(Committed, events)] == ["two.md"]
    assert [event.path for event in of(Removed, events)] == ["one.md"]
    assert paths(store) == ["rome.txt", "two.md"]
    assert search(store, embedder, "mission", k=1).dense[0].score == before.score


def test_only_new_text_of_a_changed_file_is_embedded(
    run: Run, docs: Path, embedder: CountingEmbedder
) -> None:
    run()
    embedder.embedded.clear()
    (docs / "south" / "kabul.md").write_text(KABUL + "\n# Its cost\n\nNobody knows the cost.\n")
    run()
    assert len(embedder.embedded) == 1
    assert embedder.embedded[0].endswith("Nobody knows the cost.")


def test_file_that_cannot_be_read_is_reported_and_the_rest_indexed(
    run: Run, docs: Path, store: Store
) -> None:
    (docs / "empty.txt").write_bytes(b"")
    (docs / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    events = run()
    failed = of(Failed, events)
    assert [event.path for event in failed] == ["broken.pdf", "empty.txt"]
    assert "empty" in failed[1].reason
    assert "docs" not in failed[1].reason
    assert paths(store) == ["rome.txt", "south/kabul.md"]
    assert of(Done, events)[0].failed == 2


def test_document_whose_file_can_no_longer_be_read_goes(run: Run, docs: Path, store: Store) -> None:
    run()
    (docs / "rome.txt").write_bytes(b"")
    [failed] = of(Failed, run())
    assert failed.reason.endswith("what was indexed of it before is removed")
    assert paths(store) == ["south/kabul.md"]


def test_document_whose_file_cannot_be_opened_stays(
    run: Run, docs: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()

    def refuse(path: Path, *how: Any, **options: Any) -> int:
        if Path(path).is_relative_to(docs):
            raise PermissionError(13, "Permission denied", str(path))
        return unchanged(path, *how, **options)

    unchanged = os.open
    (docs / "rome.txt").write_text("Another text.")
    monkeypatch.setattr(os, "open", refuse)  # for a superuser no file mode does it
    assert [(event.path, event.reason) for event in of(Failed, run())] == [
        ("rome.txt", "Permission denied"),
        ("south/kabul.md", "Permission denied"),
    ]
    assert paths(store) == ["rome.txt", "south/kabul.md"]


def test_hidden_large_and_unknown_files_are_skipped_and_said_so(run: Run, docs: Path) -> None:
    (docs / ".notes.txt").write_text("hidden")
    (docs / "image.png").write_bytes(b"png")
    (docs / "large.txt").write_text("x" * 200)
    events = run(max_bytes=100)
    skipped = {event.path: event.reason for event in of(Skipped, events)}
    assert set(skipped) == {str(docs), "image.png", "large.txt"}
    assert skipped[str(docs)].startswith("1 hidden")
    assert skipped["image.png"] == "no reader for .png"
    assert "over the limit" in skipped["large.txt"]
    assert of(Done, events)[0].skipped == 3


@pytest.mark.parametrize("empty", [True, False], ids=["empty", "missing"])
def test_missing_or_empty_folder_deletes_nothing_unless_pruned(
    run: Run, docs: Path, store: Store, *, empty: bool
) -> None:
    run()
    docs.rename(docs.with_name("moved"))
    if empty:
        docs.mkdir()
    [told] = [event for event in run() if isinstance(event, Skipped if empty else Failed)]
    assert "2 documents indexed of it stay" in told.reason
    assert len(paths(store)) == 2
    assert len(of(Removed, run(prune=True))) == 2
    assert paths(store) == []


def test_path_that_never_was_is_a_failure(run: Run, tmp_path: Path, store: Store) -> None:
    [failed] = of(Failed, run(tmp_path / "nowhere"))
    assert failed.reason == "no such file or folder"
    assert store.generation <= 1


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


def test_new_reader_version_extracts_again(run: Run, store: Store) -> None:
    run()
    with closing(sqlite3.connect(store.folder / "catalogue.sqlite")) as raw, raw:
        raw.execute("UPDATE documents SET extractor = 'text/0 line/0'")
    assert len(of(Committed, run())) == 2
    assert of(Committed, run()) == []


def test_documents_indexed_without_an_embedder_are_embedded_later(
    docs: Path, store: Store, embedder: CountingEmbedder
) -> None:
    assert len(of(Committed, list(index(store, [docs], embedder=None)))) == 2
    assert search(store, embedder, "council", k=5).mode == "keywords"
    assert len(of(Committed, list(index(store, [docs], embedder=embedder)))) == 2
    assert search(store, embedder, "council", k=5).mode == "hybrid"
    assert of(Committed, list(index(store, [docs], embedder=None))) == []


def test_another_embedder_embeds_everything_again(
    docs: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = CountingEmbedder(), CountingEmbedder()
    second.name, second.dimension = "hashing:32", 32
    for embedder in (first, second):
        with Store.open(tmp_path / "index", embedder_name=embedder.name, create=True) as store:
            list(index(store, [docs], embedder=embedder))
            assert search(store, embedder, "council", k=5).mode == "hybrid"
    assert sorted(second.embedded[:-1]) == sorted(first.embedded[:-1])
    with Store.open(tmp_path / "index", embedder_name=first.name) as store:
        assert search(store, first, "council", k=5).mode == "keywords"
    assert caplog.text == ""


def test_second_writer_is_refused(docs: Path, store: Store, embedder: Embedder) -> None:
    with Store.open(store.folder, embedder_name=None) as other:
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
