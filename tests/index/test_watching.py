from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from index.embedding import Embedder
from index.events import Committed, Done, Removed
from index.events import Event as Happening
from index.ingest import IndexingSettings
from index.store import Store
from index.watching import watch
from tests.waiting import wait_until

pytestmark = pytest.mark.slow


class Follower:
    """A watch in a thread, and what it has told so far."""

    def __init__(self, folder: Path, paths: list[Path], embedder: Embedder) -> None:
        self.told: list[Happening] = []
        self.thread = Thread(target=self._follow, args=(folder, paths, embedder))
        self._stop = Event()
        self.thread.start()

    def _follow(self, folder: Path, paths: list[Path], embedder: Embedder) -> None:
        with Store.open(folder, embedder_name=None, create=True) as store:
            settings = IndexingSettings()
            for event in watch(store, paths, embedder=embedder, settings=settings, stop=self._stop):
                self.told.append(event)

    def stop(self) -> None:
        self._stop.set()
        self.thread.join(10)
        assert not self.thread.is_alive()

    def wait_for(self, kind: type[Committed | Removed], path: str) -> None:
        def is_told() -> bool:
            return any(isinstance(event, kind) and event.path == path for event in list(self.told))

        wait_until(is_told, f"no {kind.__name__} of {path} among {self.told}")

    @property
    def runs(self) -> int:
        return sum(isinstance(event, Done) for event in list(self.told))


Follow = Callable[..., Follower]


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "first.txt").write_text("The council met in Rome.")
    return folder


@pytest.fixture
def follow(docs: Path, embedder: Embedder) -> Iterator[Follow]:
    followers: list[Follower] = []

    def started(*paths: Path) -> Follower:
        # The index lies in the folder that is watched: its own writes must not wake the watch.
        followers.append(Follower(docs / "index", list(paths), embedder))
        return followers[-1]

    yield started
    for follower in followers:
        follower.stop()


def test_changes_of_a_folder_are_followed(docs: Path, follow: Follow) -> None:
    follower = follow(docs)
    follower.wait_for(Committed, "first.txt")
    (docs / "second.txt").write_text("The mission ended.")
    follower.wait_for(Committed, "second.txt")
    (docs / "first.txt").unlink()
    follower.wait_for(Removed, "first.txt")
    time.sleep(0.7)
    assert follower.runs <= 4


def test_watch_waits_for_another_writer(
    docs: Path, follow: Follow, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        Store.open(docs / "index", embedder_name=None, create=True) as other,
        other.writing(),
    ):
        follower = follow(docs)
        wait_until(lambda: caplog.messages != [], "no word of the other writer")
        time.sleep(1.1)  # two looks
        assert follower.told == []
    follower.wait_for(Committed, "first.txt")
    assert len([text for text in caplog.messages if "is writing" in text]) == 1


def test_files_beside_a_watched_file_wake_nothing(docs: Path, follow: Follow) -> None:
    (docs / "deep").mkdir()
    follower = follow(docs / "first.txt")
    follower.wait_for(Committed, "first.txt")
    (docs / "second.txt").write_text("The mission ended.")
    (docs / "deep" / "third.txt").write_text("The mission ended.")
    time.sleep(1.1)
    assert follower.runs == 1
    follower.told.clear()
    (docs / "new").write_text("The council met in Kabul.")
    (docs / "new").replace(docs / "first.txt")  # as editors do
    follower.wait_for(Committed, "first.txt")


def test_file_and_folder_are_watched_together(docs: Path, tmp_path: Path, follow: Follow) -> None:
    other = tmp_path / "other"
    (other / "deep").mkdir(parents=True)
    follower = follow(docs / "first.txt", other)
    follower.wait_for(Committed, "first.txt")
    (other / "deep" / "fourth.txt").write_text("The mission ended.")
    follower.wait_for(Committed, "deep/fourth.txt")
    follower.told.clear()
    (docs / "first.txt").write_text("The council met in Kabul.")
    follower.wait_for(Committed, "first.txt")
