"""One collection on a Milvus server: what it takes, and what it finds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from index.batches import add_documents
from index.errors import ConfigurationError, SearchServerError
from index.keywords import KeywordIndex
from index.milvus.collection import MilvusCollection
from index.milvus.server import MilvusServer
from index.store import Store
from index.terms import terms
from tests.index.milvus_server import MilvusLite, fresh_collection, searches_at
from tests.index.tiny import tiny_document

pytestmark = pytest.mark.scale

VECTORS = np.eye(4, dtype=np.float32)
LAST = 2**32 - 3  # the highest dimension that a term's id may become


def numbers(*values: int) -> NDArray[np.int64]:
    return np.array(values, np.int64)


@pytest.fixture
def collection(milvus: MilvusLite) -> Iterator[MilvusCollection]:
    address = fresh_collection(milvus)
    made = MilvusCollection(MilvusServer(address), address.collection)
    made.create(4)
    yield made
    made.drop()


def test_passages_are_put_in_replaced_and_removed_as_often_as_one_likes(
    collection: MilvusCollection,
) -> None:
    for _ in range(2):
        collection.upsert(numbers(1, 2, 3), VECTORS[:3], [{1: 1.0}, {1: 0.5, LAST: 2.0}, {}])
    collection.upsert(numbers(1), VECTORS[3:], [{7: 3.0}])
    for _ in range(2):
        collection.delete(numbers(3, 99))
    assert len(collection) == 2
    found, scores = collection.dense(VECTORS[3], 5, among=None)
    assert (found.tolist()[0], scores[0]) == (1, 1.0)
    assert collection.sparse({1: 2.0, LAST: 1.0}, 5, among=None)[0].tolist() == [2]
    assert collection.sparse({1: 2.0, LAST: 1.0}, 5, among=None)[1].tolist() == [3.0]
    assert collection.sparse({7: 1.0, 1: 1.0}, 5, among=numbers(2, 3))[0].tolist() == [2]


def test_upserts_are_cut_to_what_a_server_takes(
    collection: MilvusCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.milvus.collection._MOST_BYTES", 100)
    collection.upsert(np.arange(50), np.tile(VECTORS[:1], (50, 1)), [{1: 1.0}] * 50)
    assert len(collection) == 50


@pytest.mark.parametrize(
    "made",
    [
        {"index_type": "FLAT", "metric_type": "IP", "state": "Finished"},
        {"index_type": "AUTOINDEX", "metric_type": "L2", "state": "Finished"},
        {"index_type": "AUTOINDEX", "metric_type": "IP", "state": "Failed"},
        None,
    ],
)
def test_index_that_is_not_what_was_asked_for_is_refused(
    made: dict[str, str] | None, milvus: MilvusLite
) -> None:
    class Careless(MilvusServer):
        def call(self, name: str, /, *args: Any, **options: Any) -> Any:
            return made if name == "describe_index" else super().call(name, *args, **options)

    address = fresh_collection(milvus)
    with pytest.raises(SearchServerError, match="AUTOINDEX"):
        MilvusCollection(Careless(address), address.collection).create(4)


def test_vectors_of_another_length_are_refused(collection: MilvusCollection) -> None:
    with pytest.raises(SearchServerError, match="Milvus at"):
        collection.upsert(numbers(1), VECTORS[:1, :3], [{1: 1.0}])


TEXTS = {
    "all negative": ["nato met", "nato met"],
    "some zero": ["nato met", "nato left", "tanks came", "tanks went"],
    "some negative": ["nato met", "nato met in rome", "nato met"],
    "one": ["nato"],
}


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
def test_weights_that_milvus_does_not_take_score_as_they_should(
    texts: list[str], milvus: MilvusLite, tmp_path: Path
) -> None:
    kept = searches_at(fresh_collection(milvus))
    documents = [tiny_document(f"{i}.txt", text) for i, text in enumerate(texts)]
    expected = KeywordIndex()
    with Store.open(tmp_path, embedder_name=None, create=True, searches=kept) as store:
        list(add_documents(store, documents, embedder=None))
        with store.catalogue.reading() as rows:
            for found, searched in rows.texts_since(0):
                expected.add(found, [terms(text) for text in searched])
        with store.snapshot() as snapshot:
            for query in ("nato", "nato rome", "met tanks", "nowhere"):
                due = expected.search(terms(query), 10)
                got = snapshot.matching(terms(query), 10, among=None)
                assert sorted(got[0].tolist()) == sorted(due[0].tolist())
                assert got[1] == pytest.approx(due[1], abs=1e-4)


def test_more_numbers_than_one_filter_takes_are_asked_for_in_parts(
    milvus: MilvusLite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = searches_at(fresh_collection(milvus))
    documents = [tiny_document(f"{i}.txt", "nato " * (1 + i % 5)) for i in range(20)]
    with Store.open(tmp_path, embedder_name=None, create=True, searches=kept) as store:
        list(add_documents(store, documents, embedder=None))
        with store.snapshot() as snapshot:
            among = snapshot.numbers([document.id for document in documents[::2]])
            whole = snapshot.matching(["nato"], 4, among=among)
            monkeypatch.setattr("index.milvus.searching.MOST", 7)
            parts = snapshot.matching(["nato"], 4, among=among)
            assert parts[0].tolist() == whole[0].tolist()
            assert set(parts[0].tolist()) <= set(among.tolist())
            with pytest.raises(ConfigurationError, match="7 passages at most"):
                snapshot.matching(["nato"], 8, among=None)
