from __future__ import annotations

from pathlib import Path

import pytest

from index.events import Committed, Removed
from index.ingest import index
from index.search import search
from index.store import Store
from tests.index.ingest.runs import KABUL, CountingEmbedder, Run, of, paths


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
