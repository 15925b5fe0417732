"""What both stores of searches promise: the same hits with the same scores, however they keep them.

They search one catalogue of 4,000 passages, which both have searched before many of them were put
in place of others, came or went; what a term weighs is compared before a recount and after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

from index.batches import add_documents
from index.fusion import Ranking
from index.keywords import KeywordIndex
from index.records import Document
from index.store import Store
from index.store.caching import FileCaches
from index.store.snapshot import Snapshot
from index.terms import terms
from tests.index.milvus_server import MilvusLite, fresh_collection, searches_at
from tests.index.tiny import tiny_document
from torture.models import HashingEmbedder

pytestmark = [pytest.mark.scale, pytest.mark.slow]

PASSAGES = 4_000
WORDS = np.array([f"word{number}" for number in range(3_000)])
QUERIES = ["word3 word40 word700", "word0 word1", "word2999", "word5 word5 word77 nowhere"]
EMBEDDER = HashingEmbedder()


class Held(NamedTuple):
    """All passages, read once for what they should be found with."""

    numbers: NDArray[np.int64]
    vectors: NDArray[np.float32]
    terms: list[list[str]]
    bm25: BM25Okapi
    postings: KeywordIndex


Within = Callable[[NDArray[np.int64]], NDArray[np.int64]]


def text_of(chance: np.random.Generator) -> str:
    ranks = np.minimum(chance.zipf(1.3, size=chance.integers(5, 40)) - 1, len(WORDS) - 1)
    return " ".join(WORDS[ranks]) + "."


def document(number: int, chance: np.random.Generator) -> Document:
    return tiny_document(f"{number}.txt", text_of(chance))


def every_tenth(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    return numbers[::10]


@pytest.fixture(scope="module")
def stores(
    milvus: MilvusLite, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Store]]:
    """One index, searched in both ways, of passages that came, were changed and went."""
    folder: Path = tmp_path_factory.mktemp("contract") / "index"
    openers = {"files": FileCaches, "milvus": searches_at(fresh_collection(milvus))}
    opened = {
        name: Store.open(folder, embedder_name=EMBEDDER.name, create=True, searches=kept)
        for name, kept in openers.items()
    }
    writer, chance = opened["milvus"], np.random.default_rng(3)
    first = [document(number, chance) for number in range(PASSAGES)]
    list(add_documents(writer, first, embedder=EMBEDDER))
    for store in opened.values():  # what follows has to be caught up with
        with store.snapshot() as before:
            assert len(before.nearest(EMBEDDER.embed(["word0"])[0], 5, among=None)[0]) == 5
    changed = [document(number, chance) for number in range(0, PASSAGES, 7)]
    list(add_documents(writer, changed, embedder=EMBEDDER))
    later = [tiny_document(f"later {n}.txt", f"fresh {text_of(chance)}") for n in range(200)]
    list(add_documents(writer, later, embedder=EMBEDDER))
    with writer.writing(), writer.commit() as changes:
        changes.remove(one.id for one in [*first[5::11], *later[::9]])
    with writer.catalogue.reading() as rows:
        assert rows.statistics is not None
        assert rows.statistics.corpus.passages == PASSAGES  # or it was counted anew meanwhile
    yield opened
    for store in opened.values():
        store.close()


@pytest.fixture(params=["files", "milvus"])
def snapshot(request: pytest.FixtureRequest, stores: dict[str, Store]) -> Iterator[Snapshot]:
    with stores[request.param].snapshot() as snapshot:
        yield snapshot


@pytest.fixture(scope="module")
def recounted(stores: dict[str, Store]) -> dict[str, Store]:
    with stores["milvus"].writing():
        stores["milvus"].recount()
    return stores


@pytest.fixture(params=["files", "milvus"])
def recounted_snapshot(
    request: pytest.FixtureRequest, recounted: dict[str, Store]
) -> Iterator[Snapshot]:
    with recounted[request.param].snapshot() as snapshot:
        yield snapshot


@pytest.fixture(scope="module")
def held(stores: dict[str, Store]) -> Held:
    with stores["files"].catalogue.reading() as rows:
        texts = list(rows.texts_since(0))
        vectors = np.concatenate([vectors for _, vectors in rows.vectors_since(0)])
    found = [terms(text) for _, part in texts for text in part]
    numbers = np.concatenate([numbers for numbers, _ in texts])
    postings = KeywordIndex()
    postings.add(numbers, found)
    return Held(numbers, vectors, found, BM25Okapi(found), postings)


def assert_best(found: Ranking, due: Mapping[int, float], k: int) -> None:
    """Check scores and order; of equal ones at the end, any may have been taken."""
    numbers, scores = found
    best = sorted(due.values(), reverse=True)[:k]
    assert scores == pytest.approx(best, abs=1e-4)
    assert [due[number] for number in numbers.tolist()] == pytest.approx(scores, abs=1e-4)
    assert len(set(numbers.tolist())) == len(numbers)
    pairs = [(-score, number) for number, score in zip(numbers, scores, strict=True)]
    assert pairs == sorted(pairs)


@pytest.mark.parametrize("k", [1, 100, 5_000])
@pytest.mark.parametrize("within", [None, every_tenth])
@pytest.mark.parametrize("query", QUERIES)
def test_dense_search_is_exact(
    snapshot: Snapshot, held: Held, query: str, within: Within | None, k: int
) -> None:
    vector = EMBEDDER.embed([query])[0]
    among = within(held.numbers) if within else None
    scores = dict(zip(held.numbers.tolist(), (held.vectors @ vector).tolist(), strict=True))
    due = {number: scores[number] for number in (held.numbers if among is None else among).tolist()}
    assert_best(snapshot.nearest(vector, k, among=among), due, k)


def test_server_holds_what_the_catalogue_does(stores: dict[str, Store]) -> None:
    assert stores["milvus"].verify() == ()
    assert not [note for note in stores["milvus"].notes() if "behind" in note]


@pytest.mark.parametrize("k", [1, 100, 5_000])
@pytest.mark.parametrize("within", [None, every_tenth])
@pytest.mark.parametrize("query", [*QUERIES, "word3 fresh"])
def test_keywords_score_by_what_was_counted(
    stores: dict[str, Store], held: Held, query: str, within: Within | None, k: int
) -> None:
    """The one store counted when it was told to, the other as passages came and went."""
    among, asked = within(held.numbers) if within else None, terms(query)
    with stores["milvus"].catalogue.reading() as rows:
        frozen = held.postings.search(asked, 9_999, among=among, frozen=rows.statistics)
    live = held.postings.search(asked, 9_999, among=among)
    for name, due in (("milvus", frozen), ("files", live)):
        with stores[name].snapshot() as snapshot:
            found = snapshot.matching(asked, k, among=among)
        assert_best(found, dict(zip(*due, strict=True)), k)


@pytest.mark.parametrize("k", [1, 100, 5_000])
@pytest.mark.parametrize("within", [None, every_tenth])
@pytest.mark.parametrize("query", QUERIES)
def test_keywords_score_as_bm25okapi_does_right_after_a_recount(
    recounted_snapshot: Snapshot, held: Held, query: str, within: Within | None, k: int
) -> None:
    among = within(held.numbers) if within else None
    asked = terms(query)
    shared = np.array([not set(own).isdisjoint(asked) for own in held.terms])
    shared &= np.isin(held.numbers, held.numbers if among is None else among)
    scores = held.bm25.get_scores(asked)
    due = dict(zip(held.numbers[shared].tolist(), scores[shared].tolist(), strict=True))
    assert due
    assert_best(recounted_snapshot.matching(asked, k, among=among), due, k)


def test_terms_are_as_rare_in_both(recounted: dict[str, Store]) -> None:
    with recounted["files"].snapshot() as files, recounted["milvus"].snapshot() as served:
        for term in terms("word0 word5 word300 word2999 nowhere"):
            assert served.idf(term) == pytest.approx(files.idf(term), abs=1e-9)


def test_vectors_of_candidates_are_the_same(stores: dict[str, Store], held: Held) -> None:
    asked = np.append(every_tenth(held.numbers), 10**9)
    with stores["files"].snapshot() as files, stores["milvus"].snapshot() as served:
        numbers, vectors = served.vectors(asked)
        due, expected = files.vectors(asked)
    assert numbers.tolist() == due.tolist()
    assert np.array_equal(vectors, expected)


def test_terms_weigh_what_they_did_until_they_are_counted_again(
    recounted: dict[str, Store],
) -> None:
    chance = np.random.default_rng(4)
    drifted = [tiny_document(f"new {n}.txt", f"fresh {text_of(chance)}") for n in range(500)]
    list(add_documents(recounted["milvus"], drifted, embedder=EMBEDDER))
    query = terms("word3 word40 fresh")
    with recounted["milvus"].snapshot() as served, recounted["milvus"].catalogue.reading() as rows:
        assert rows.statistics is not None
        assert rows.statistics.changed() == (500, 0)
        embedded = KeywordIndex()
        for numbers, texts in rows.texts_since(0):
            embedded.add(numbers, [terms(text) for text in texts])
        due = embedded.search(query, 10_000, frozen=rows.statistics)
        assert_best(served.matching(query, 300, among=None), dict(zip(*due, strict=True)), 300)
        live = embedded.search(query, 300)
        assert np.abs(live[1] - due[1][:300]).max() > 0.1  # or nothing had drifted
    with recounted["milvus"].writing():
        recounted["milvus"].recount()
    with recounted["milvus"].snapshot() as served:
        now = dict(zip(*embedded.search(query, 10_000), strict=True))
        assert_best(served.matching(query, 300, among=None), now, 300)
