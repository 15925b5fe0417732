"""A store whose searches are on a Milvus server, from the first document to the last."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from index.batches import add_documents
from index.embedding import Embedder
from index.errors import IndexDamagedError, SearchServerError
from index.ingest import index
from index.milvus.server import MilvusAddress
from index.search import search
from index.store import Store
from index.store.mending import mend
from tests.index.five_towns import DOCUMENTS, TOWNS, Opener, fill, towns
from tests.index.milvus_server import collection_of, searches_at
from tests.index.tiny import tiny_document

pytestmark = pytest.mark.scale


def test_folder_is_indexed_changed_and_found_again(
    tmp_path: Path, opened: Opener, embedder: Embedder
) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    for town in TOWNS:
        (docs / f"{town}.txt").write_text(f"The council met in {town}. It was a year.")
    store = opened()
    list(index(store, [docs], embedder=embedder))
    assert towns(store, embedder)[0] == "Prague"
    (docs / "Prague.txt").write_text("The council met in Vienna. It was a year.")
    (docs / "Rome.txt").unlink()
    list(index(store, [docs], embedder=embedder))
    assert sorted(towns(store, embedder)) == ["Istanbul", "Madrid", "Reykjavik", "Vienna"]
    store.close()
    again = opened()
    assert towns(again, embedder, "council Vienna")[0] == "Vienna"
    assert again.verify() == ()
    assert not [note for note in again.notes() if "Milvus" in note or "counted" in note]


def test_answers_stay_right_while_terms_are_counted_anew(
    opened: Opener, embedder: Embedder
) -> None:
    writer, reader = opened(), opened()
    fill(writer, embedder)
    found: list[list[str]] = []
    failed: list[Exception] = []
    ended = threading.Event()

    def ask() -> None:
        while not ended.is_set():
            try:
                found.append(towns(reader, embedder))
            except Exception as error:
                failed.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    for _ in range(3):
        with writer.writing():
            writer.recount()
    ended.set()
    asking.join()
    assert not failed
    assert len(found) > 3
    assert all(one == found[0] for one in found)


def test_collections_that_were_searched_before_go(
    opened: Opener, address: MilvusAddress, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = opened()
    fill(writer, embedder)
    before = collection_of(writer, address)
    with writer.writing():
        writer.recount()
    assert before.is_there()  # for readings that began before
    monkeypatch.setattr("index.milvus.searches._STILL_SEARCHED_SECONDS", -1.0)
    with writer.writing():
        pass
    assert not before.is_there()
    assert len(collection_of(writer, address)) == 5


def test_collections_go_though_each_run_makes_a_new_one(
    opened: Opener, address: MilvusAddress, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.milvus.searches._STILL_SEARCHED_SECONDS", 0.5)
    writer = opened()
    fill(writer, embedder)
    first = collection_of(writer, address)
    fill(writer, embedder)
    assert collection_of(writer, address).name != first.name
    time.sleep(0.6)
    fill(writer, embedder)
    assert not first.is_there()


def test_lost_collection_is_told_and_made_anew(
    tmp_path: Path, opened: Opener, address: MilvusAddress, embedder: Embedder
) -> None:
    store = opened()
    fill(store, embedder)
    collection_of(store, address).drop()
    with pytest.raises(SearchServerError, match="Milvus at"):
        towns(store, embedder)
    [problem] = store.verify()
    assert "is not there" in problem
    assert "doctor --repair" in problem
    mend(tmp_path / "index", searches=searches_at(address))
    assert towns(store, embedder)[0] == "Prague"
    assert store.verify() == ()


def test_lost_catalogue_is_told_and_begun_anew_by_command_alone(
    tmp_path: Path, opened: Opener, address: MilvusAddress, embedder: Embedder
) -> None:
    store = opened()
    fill(store, embedder)
    store.close()
    (tmp_path / "index" / "catalogue.sqlite").unlink()
    with pytest.raises(IndexDamagedError, match="though there was an index"):
        opened()
    mend(tmp_path / "index", searches=searches_at(address))
    again = opened()
    assert again.counts().documents == 0
    fill(again, embedder)
    assert again.verify() == ()


def test_collection_that_lacks_passages_is_a_fault(
    opened: Opener, address: MilvusAddress, embedder: Embedder
) -> None:
    store = opened()
    fill(store, embedder)
    with store.catalogue.reading() as rows:
        collection_of(store, address).delete(rows.numbers([DOCUMENTS[0].id]))
    [problem] = store.verify()
    assert "holds 4 passages of 5" in problem


def test_another_embedder_gets_a_collection_of_its_own(
    tmp_path: Path, opened: Opener, address: MilvusAddress, embedder: Embedder
) -> None:
    class Other:
        name = "other"
        dimension = 64
        max_tokens = 256
        embed = staticmethod(embedder.embed)
        count_tokens = staticmethod(embedder.count_tokens)

    fill(opened(), embedder)
    before = collection_of(opened(), address)
    kept = searches_at(address)
    with Store.open(tmp_path / "index", embedder_name="other", searches=kept) as store:
        fill(store, Other())
        assert collection_of(store, address).name != before.name
        assert towns(store, Other())[0] == "Prague"
    assert search(opened(), embedder, "Prague", k=5).mode == "keywords"


def test_passages_without_vectors_are_found_by_keywords_alone(
    opened: Opener, embedder: Embedder
) -> None:
    store = opened()
    fill(store, embedder)
    list(add_documents(store, [tiny_document("Bern.txt", "Bern.")], embedder=None))
    result = search(store, embedder, "Bern", k=9)
    assert len(result.dense) == 5
    assert result.keywords[0].passage.text == "Bern."


def test_hits_are_asked_for_again_until_enough_are_known(
    opened: Opener, address: MilvusAddress, embedder: Embedder
) -> None:
    store = opened()
    fill(store, embedder)
    with store.catalogue.reading() as rows:
        [(numbers, texts)] = rows.texts_since(0)
        [(_, vectors)] = rows.vectors_since(0)
        dimension = rows.term_rows(["pragu"])["pragu"][0]
    prague = next(i for i, text in enumerate(texts) if "Prague" in text)
    later = numbers.max() + 1 + [*range(200)]  # as a writer adds that readers do not know yet
    collection_of(store, address).upsert(
        later, vectors[[prague] * 200], [{dimension: 1000.0}] * 200
    )
    result = search(store, embedder, "council Prague", k=5)
    assert len(result.dense) == len(result.keywords) == 5
    assert "Prague" in result.hits[0].passage.text
