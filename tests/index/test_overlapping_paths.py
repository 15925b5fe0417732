"""Paths given for indexing that hold the same files: each file is indexed once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.events import Committed, Done, Event, Removed, Skipped
from index.ingest import index
from index.removal import remove
from index.store import Store

Run = Callable[..., list[Event]]


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text("The council met in Rome.")
    (folder / "sub" / "b.txt").write_text("The mission ended.")
    return folder


@pytest.fixture
def store(tmp_path: Path, catalogue_url: str) -> Iterator[Store]:
    with Store.open(
        tmp_path / "index", embedder_name=None, create=True, catalogue=catalogue_url
    ) as store:
        yield store


@pytest.fixture
def run(store: Store) -> Run:
    return lambda *paths: list(index(store, paths, embedder=None))


def committed(events: list[Event]) -> list[str]:
    return [event.path for event in events if isinstance(event, Committed)]


def held(store: Store) -> list[tuple[str, str]]:
    return [(summary.root, summary.path) for summary in store.documents()]


def test_root_below_another_keeps_its_files_to_itself(run: Run, docs: Path, store: Store) -> None:
    assert committed(run(docs / "sub")) == ["b.txt"]
    events = run(docs)
    assert committed(events) == ["a.txt"]
    [skipped] = [event for event in events if isinstance(event, Skipped)]
    assert (skipped.path, skipped.reason.split(":")[0]) == ("sub", "a root of its own")
    assert held(store) == [("docs", "a.txt"), ("sub", "b.txt")]
    assert committed(run(docs, docs / "sub")) == []


def test_root_below_another_may_be_new_in_the_same_run(run: Run, docs: Path, store: Store) -> None:
    assert committed(run(docs / "sub", docs)) == ["b.txt", "a.txt"]
    assert held(store) == [("docs", "a.txt"), ("sub", "b.txt")]


@pytest.mark.parametrize("repeated", ["docs", "docs/", "docs/../docs"])
def test_path_given_twice_is_synced_once(
    run: Run, docs: Path, monkeypatch: pytest.MonkeyPatch, repeated: str
) -> None:
    monkeypatch.chdir(docs.parent)
    (docs / "image.png").write_text("")
    events = run(docs, Path(repeated))
    assert committed(events) == ["a.txt", "sub/b.txt"]
    assert [type(event) for event in events].count(Skipped) == 1
    events = run(docs, Path(repeated))
    done = events[-1]
    assert isinstance(done, Done)
    assert (done.unchanged, done.skipped) == (2, 1)


@pytest.mark.parametrize("is_reversed", [False, True])
def test_paths_within_each_other_sync_each_file_once(
    run: Run, docs: Path, store: Store, is_reversed: bool
) -> None:
    (docs / "sub" / "c.txt").write_text("It began in 2002.")
    run(docs)
    (docs / "sub" / "b.txt").write_text("The mission went on.")
    (docs / "sub" / "c.txt").unlink()
    paths = [docs, docs / "sub", docs / "sub" / "b.txt"]
    events = run(*(reversed(paths) if is_reversed else paths))
    assert committed(events) == ["sub/b.txt"]
    assert [event.path for event in events if isinstance(event, Removed)] == ["sub/c.txt"]
    done = events[-1]
    assert isinstance(done, Done)
    assert (done.committed, done.unchanged, done.removed) == (1, 1, 1)


def test_file_removed_by_hand_comes_back_when_named_beside_its_folder(
    run: Run, docs: Path, store: Store
) -> None:
    run(docs)
    list(remove(store, "docs/a.txt"))
    assert committed(run(docs, docs / "a.txt")) == ["a.txt"]
    assert held(store) == [("docs", "a.txt"), ("docs", "sub/b.txt")]
