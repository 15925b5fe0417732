"""Whatever was done to a folder, its index is as one made anew of what is there now."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from index.ingest import index
from index.removal import remove
from index.search import search
from index.store import Store
from tests.postgresql import Server
from torture.models import HashingEmbedder

WORDS = ("council", "mission", "treaty", "Rome", "Kabul", "tanks")
NAMES = st.sampled_from(["a.txt", "b.txt", "deep/c.txt", "deep/d.txt"])
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
EMBEDDER = HashingEmbedder()
IN_MEMORY = next((place for place in ("/dev/shm",) if Path(place).is_dir()), None)

Content = set[tuple[str, str, tuple[tuple[str, float], ...]]]


class FolderHistory(RuleBasedStateMachine):
    """Changes a folder and its index, and damages the caches in between."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(dir=IN_MEMORY))
        self.url = self.place()
        self.docs = self.home / "docs"
        (self.docs / "deep").mkdir(parents=True)
        (self.docs / "always.txt").write_text("The council always meets.")
        self.writer = self.open()
        self.reader = self.open()
        self.sync()

    def place(self) -> str:
        """Return where the catalogue is to lie; "" for the index folder."""
        return ""

    def open(self) -> Store:
        return Store.open(
            self.home / "index", embedder_name=EMBEDDER.name, create=True, catalogue=self.url
        )

    def teardown(self) -> None:
        self.index_equals_one_made_anew()
        self.writer.close()
        self.reader.close()
        shutil.rmtree(self.home)

    @rule(name=NAMES, text=TEXTS)
    def write(self, name: str, text: str) -> None:
        (self.docs / name).write_text(text)

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        (self.docs / name).unlink(missing_ok=True)

    @rule(old=NAMES, new=NAMES)
    def rename(self, old: str, new: str) -> None:
        if (self.docs / old).exists():
            (self.docs / old).rename(self.docs / new)

    @rule(name=NAMES)
    def take_out(self, name: str) -> None:
        """Remove by hand, and name the file to have it back."""
        if any(summary.path == name for summary in self.writer.documents()):
            list(remove(self.writer, name))
            list(index(self.writer, [self.docs / name], embedder=EMBEDDER))

    @rule()
    def sync(self) -> None:
        list(index(self.writer, [self.docs], embedder=EMBEDDER))

    @rule()
    def close_and_open(self) -> None:
        self.writer.close()
        self.writer = self.open()

    @rule()
    def search_meanwhile(self) -> None:
        search(self.reader, EMBEDDER, "council", k=5)

    @rule(at=st.integers(0, 10**6), lost=st.booleans())
    @precondition(lambda self: (self.home / "index" / "vectors.faiss").exists())
    def damage_caches(self, at: int, *, lost: bool) -> None:
        files = [f for f in (self.home / "index" / "keywords").rglob("*") if f.is_file()]
        for file in (self.home / "index" / "vectors.faiss", *files[at % len(files) :][:1]):
            if lost:
                file.unlink()
            else:
                data = bytearray(file.read_bytes())
                data[at % len(data)] ^= 1
                self.replace(file, bytes(data))

    def replace(self, file: Path, data: bytes) -> None:
        """Write as another file: one that is mapped must not change under its reader."""
        file.unlink()
        file.write_bytes(data)

    @rule()
    def index_equals_one_made_anew(self) -> None:
        self.sync()
        fresh_folder = Path(tempfile.mkdtemp(dir=self.home))
        with Store.open(fresh_folder, embedder_name=EMBEDDER.name, create=True) as fresh:
            list(index(fresh, [self.docs], embedder=EMBEDDER))
            expected = content(fresh)
        with self.open() as opened:
            assert content(opened) == expected
        assert content(self.reader) == expected


def content(store: Store) -> Content:
    """Return every passage with its scores for every word."""
    found: dict[tuple[str, str], list[tuple[str, float]]] = {}
    with store.snapshot() as snapshot:
        for word in WORDS:
            result = search(snapshot, EMBEDDER, word, k=50)
            for hit in (*result.hits, *result.dense, *result.keywords):
                scores = found.setdefault(
                    (snapshot.document(hit.passage.document_id).path, hit.passage.text), []
                )
                scores.append((f"{word} {hit.retriever}", round(hit.score, 4)))
    return {(path, text, tuple(scores)) for (path, text), scores in found.items()}


_BRIEFLY = settings(
    max_examples=10,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestFolderHistory = FolderHistory.TestCase
TestFolderHistory.settings = _BRIEFLY


@pytest.mark.scale
def test_folder_history_is_the_same_on_postgresql(postgresql: Server) -> None:
    class PostgresqlHistory(FolderHistory):
        def place(self) -> str:
            return postgresql.database()

    run_state_machine_as_test(PostgresqlHistory, settings=_BRIEFLY)
