"""What a run does with its embedder: adopt it, do without it, and tell what has no vectors."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.batches import add_documents
from index.catalogue.entries import Counts
from index.embedding import Embedder
from index.errors import EmbedderError
from index.events import Committed
from index.ingest import index
from index.search import search
from index.store import Store
from tests.index.tiny import tiny_document
from torture.models import HashingEmbedder


class FailingEmbedder(HashingEmbedder):
    """Embeds a number of times, then fails."""

    name = "failing:64"

    def __init__(self, *, times: int) -> None:
        self.times = times
        self.tried = 0

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.tried += 1
        if self.tried > self.times:
            raise EmbedderError("the weights cannot be loaded")
        return super().embed(texts)


class MisshapenEmbedder(HashingEmbedder):
    name = "misshapen:32"
    dimension = 32

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.ones((len(texts), 16), np.float32)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for town in ("Kabul", "Prague", "Rome"):
        (folder / f"{town}.txt").write_text(f"The council met in {town}.")
    return folder


def run(folder: Path, docs: Path, embedder: Embedder | None) -> list[str]:
    """Index documents and return the paths committed."""
    name = embedder.name if embedder else None
    with Store.open(folder, embedder_name=name, create=True) as store:
        events = list(index(store, [docs], embedder=embedder))
    return [event.path for event in events if isinstance(event, Committed)]


def counts(folder: Path) -> tuple[str, Counts]:
    """Return whose vectors an index holds, and how many."""
    with Store.open(folder, embedder_name=None) as store, store.catalogue.reading() as rows:
        return rows.state.embedder, rows.counts()


@pytest.mark.parametrize(
    "broken", [FailingEmbedder(times=0), MisshapenEmbedder()], ids=["failing", "misshapen"]
)
def test_vectors_stay_when_another_embedder_does_not_work(
    broken: Embedder, docs: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    working = HashingEmbedder()
    run(tmp_path / "index", docs, working)
    (docs / "Madrid.txt").write_text("The council met in Madrid.")
    assert run(tmp_path / "index", docs, broken) == ["Madrid.txt"]
    assert counts(tmp_path / "index") == (working.name, Counts(4, 4, 3))
    failure, lacking = caplog.messages
    assert failure.endswith("going on without vectors, which a later run will add")
    assert lacking.startswith("1 passages have no vectors")
    with Store.open(tmp_path / "index", embedder_name=working.name) as store:
        assert search(store, working, "Rome", k=5).mode == "hybrid"


def test_run_goes_on_without_an_embedder_that_fails_midway(
    docs: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("index.batches._PASSAGES", 1)  # a batch for each file
    failing = FailingEmbedder(times=2)  # when it is adopted, and the first batch
    assert run(tmp_path / "index", docs, failing) == ["Kabul.txt", "Prague.txt", "Rome.txt"]
    assert failing.tried == 3
    assert counts(tmp_path / "index") == (failing.name, Counts(3, 3, 1))
    assert sum("cannot be loaded" in message for message in caplog.messages) == 1
    failing.times = 99
    assert run(tmp_path / "index", docs, failing) == ["Prague.txt", "Rome.txt"]
    assert counts(tmp_path / "index")[1].embedded == 3


def test_documents_already_there_are_not_committed_again_without_vectors(
    docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.batches._PASSAGES", 1)
    run(tmp_path / "index", docs, None)
    assert run(tmp_path / "index", docs, FailingEmbedder(times=0)) == []
    assert counts(tmp_path / "index") == ("", Counts(3, 3, 0))


def test_documents_that_are_no_files_are_added_without_a_failing_embedder(tmp_path: Path) -> None:
    document = tiny_document("a.txt", "The council met in Rome.")
    failing = FailingEmbedder(times=1)
    with Store.open(tmp_path / "index", embedder_name=failing.name, create=True) as store:
        assert len(list(add_documents(store, [document], embedder=failing))) == 1
    assert counts(tmp_path / "index") == (failing.name, Counts(1, 1, 0))


def test_passages_that_another_embedder_left_behind_are_told(
    docs: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "one.txt").write_text("The mission ended.")
    run(tmp_path / "index", docs, HashingEmbedder())
    run(tmp_path / "index", other, HashingEmbedder())
    assert caplog.messages == []
    run(tmp_path / "index", other, FailingEmbedder(times=99))
    assert caplog.messages == [
        "3 passages have no vectors and are found by keywords alone: index their folders again: "
        f"docs ({docs})"
    ]
    caplog.clear()
    run(tmp_path / "index", docs, FailingEmbedder(times=99))
    assert caplog.messages == []


def test_index_without_an_embedder_lacks_no_vectors(
    docs: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        run(tmp_path / "index", docs, None)
    assert caplog.messages == []
