from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from index.batches import add_documents
from index.embedding import Embedder
from index.errors import UnknownDocumentError
from index.records import Document, Retriever
from index.search import search
from index.store import Store
from tests.index.tiny import tiny_document
from torture.models import HashingEmbedder

ROME = tiny_document("rome.txt", "The council met in Rome in 2002.")
KABUL = tiny_document("kabul.txt", "The mission in Kabul ended in 2021.")
OSLO = tiny_document("oslo.txt", "Ministers of the council dined in Oslo.")
TWIN = tiny_document("twin.txt", "Ministers of the council dined in Oslo.")
TITLE = tiny_document("title.txt", "", title="Kyrgyzstan")

FORMS = "Harbour Fees Board", "HFB"
BOTH = tiny_document("both.txt", "The Harbour Fees Board (HFB) met in May.")
LONG = tiny_document("long.txt", "The Harbour Fees Board had nine members.")
SHORT = tiny_document("short.txt", "In 1903 the HFB was replaced.")


@contextmanager
def store_of(folder: Path, *documents: Document) -> Iterator[Store]:
    embedder = HashingEmbedder()
    with Store.open(folder, embedder_name=embedder.name, create=True) as store:
        list(add_documents(store, documents, embedder=embedder))
        yield store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with store_of(tmp_path_factory.mktemp("search"), ROME, KABUL, OSLO, TWIN, TITLE) as store:
        yield store


def test_hits_of_both_searches_are_fused(store: Store, embedder: Embedder) -> None:
    result = search(store, embedder, "Kabul mission", k=3)
    assert result.mode == "hybrid"
    assert result.generation == store.generation
    assert result.hits[0].passage.document_id == KABUL.id
    assert [hit.rank for hit in result.hits] == [1, 2, 3]
    assert {hit.retriever for hit in result.hits} == {Retriever.HYBRID}
    assert {hit.retriever for hit in result.dense} == {Retriever.DENSE}
    assert [hit.passage.document_id for hit in result.keywords] == [KABUL.id]
    assert set(result.timings_ms) == {"embed", "search"}


def test_dense_score_is_the_inner_product(store: Store, embedder: Embedder) -> None:
    best = search(store, embedder, "Kabul mission", k=1).dense[0]
    texts = [KABUL.text, "Kabul mission"]
    passage, query = embedder.embed(texts)
    assert best.score == pytest.approx(float(passage @ query), abs=1e-6)


def test_without_an_embedder_keywords_alone_are_searched(store: Store) -> None:
    result = search(store, None, "council Rome", k=5)
    assert result.mode == "keywords"
    assert result.dense == ()
    assert result.hits == result.keywords
    assert result.hits[0].passage.document_id == ROME.id
    assert {hit.passage.document_id for hit in result.hits} == {ROME.id, OSLO.id, TWIN.id}


def test_with_another_embedder_keywords_alone_are_searched(store: Store) -> None:
    another = HashingEmbedder()
    another.name = "another"
    assert search(store, another, "council", k=5).mode == "keywords"


def test_search_stays_within_the_documents_asked_for(store: Store, embedder: Embedder) -> None:
    result = search(store, embedder, "council in Rome", k=5, documents=[KABUL.id, OSLO.id])
    assert {hit.passage.document_id for hit in result.hits} == {KABUL.id, OSLO.id}
    assert [hit.passage.document_id for hit in result.keywords] == [OSLO.id]
    with pytest.raises(UnknownDocumentError, match="nobody"):
        search(store, embedder, "council", k=5, documents=["nobody"])


def test_ties_break_by_id(store: Store, embedder: Embedder) -> None:
    result = search(store, embedder, "Ministers dined", k=5)
    for hits in (result.hits, result.dense, result.keywords):
        assert hits[0].score == hits[1].score
        assert hits[0].passage.id < hits[1].passage.id
        assert {hit.passage.document_id for hit in hits[:2]} == {OSLO.id, TWIN.id}


def test_no_more_hits_than_asked_for(store: Store, embedder: Embedder) -> None:
    result = search(store, embedder, "council", k=2)
    assert (len(result.hits), len(result.dense), len(result.keywords)) == (2, 2, 2)


def test_document_of_a_title_alone_is_found(store: Store, embedder: Embedder) -> None:
    assert search(store, embedder, "Kyrgyzstan", k=1).hits[0].passage.document_id == TITLE.id
    assert search(store, None, "Kyrgyzstan", k=1).hits[0].passage.document_id == TITLE.id


def test_query_without_a_known_word_finds_nothing_by_keywords(store: Store) -> None:
    assert search(store, None, "zzz", k=5).hits == ()
    assert search(store, None, "", k=5).hits == ()


def test_empty_index_finds_nothing(tmp_path: Path, embedder: Embedder) -> None:
    with Store.open(tmp_path / "index", embedder_name=embedder.name, create=True) as empty:
        assert search(empty, embedder, "council", k=5).hits == ()


@pytest.fixture(scope="module")
def explaining(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with store_of(tmp_path_factory.mktemp("explaining"), BOTH, LONG, SHORT, KABUL, OSLO) as store:
        yield store


@pytest.mark.parametrize("asked", ["Harbour Fees Board", "HFB", "the harbour fees board"])
@pytest.mark.parametrize("is_hybrid", [True, False])
def test_both_forms_of_an_abbreviation_are_searched(
    explaining: Store, embedder: Embedder, asked: str, *, is_hybrid: bool
) -> None:
    result = search(explaining, embedder if is_hybrid else None, asked, k=3)
    found = {hit.passage.document_id for hit in result.hits}
    assert found == {BOTH.id, LONG.id, SHORT.id}
    assert len(result.hits) == 3


def test_a_passage_has_the_higher_of_its_two_scores(explaining: Store, embedder: Embedder) -> None:
    long, short = (search(explaining, embedder, f"the {name}", k=5) for name in FORMS)
    assert long.hits == short.hits
    assert long.keywords == short.keywords
    [vector] = embedder.embed(["the HFB"])
    [of_short] = [hit for hit in long.dense if hit.passage.document_id == SHORT.id]
    assert of_short.score == pytest.approx(float(embedder.embed([SHORT.text])[0] @ vector))
    scores = [hit.score for hit in long.hits]
    assert scores == sorted(scores, reverse=True)


def test_the_explaining_passage_need_not_be_among_the_hits(
    explaining: Store, embedder: Embedder
) -> None:
    one, all_of_them = (search(explaining, embedder, "the HFB", k=k) for k in (1, 5))
    assert one.hits == all_of_them.hits[:1]
    assert one.keywords == all_of_them.keywords[:1]
