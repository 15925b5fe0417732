"""Where the searches are kept changes no answer: in files and on a Milvus server they are alike."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.config import Settings
from assistant.opening import open_assistant, open_embedder, open_store
from assistant.records import Answer, Question
from assistant.testsets.reading import read_test_set
from index.ingest import index
from index.search import SearchResult
from tests.index.milvus_server import MilvusLite, fresh_collection

HERE = Path(__file__).parent
SHARED = HERE.parents[1] / "shared"
SAMPLE = HERE.parent / "documents", HERE / "data" / "documents.jsonl"
SEEDS = SHARED / "seeds", SHARED / "evalsets" / "seeds" / "dev.jsonl"

pytestmark = [pytest.mark.scale, pytest.mark.slow, pytest.mark.model]


@pytest.mark.parametrize(
    ("documents", "test_set", "every"),  # all are searched, every so many are answered
    [
        pytest.param(*SAMPLE, 12, id="sample"),
        pytest.param(
            *SEEDS,
            1,
            id="seeds",
            marks=pytest.mark.skipif(not SEEDS[1].exists(), reason=f"{SEEDS[1]} is not there"),
        ),
    ],
)
def test_answers_are_the_same_in_files_and_on_a_server(
    documents: Path, test_set: Path, every: int, milvus: MilvusLite, tmp_path: Path
) -> None:
    address = fresh_collection(milvus)
    files = Settings(index=tmp_path / "index")
    served = replace(files, search=address.url, collection=address.collection)
    embedder = open_embedder(served)
    with open_store(served, embedder, create=True) as store:
        list(index(store, [documents], embedder=embedder))
        with store.writing():
            store.recount()
    asked = [Question(gold.text) for gold in read_test_set(test_set).questions]
    assert len(asked) >= 20
    with (
        open_assistant(files, embedder) as here,
        open_assistant(served, embedder) as there,
    ):
        for question in asked:
            assert_same_hits(here.search(question), there.search(question))
        for question in asked[::every]:
            assert_same_answer(here.ask(question), there.ask(question))


def assert_same_hits(one: SearchResult, other: SearchResult) -> None:
    assert one.mode == other.mode == "hybrid"
    for due, found in ((one.hits, other.hits), (one.dense, other.dense)):
        assert [hit.passage.id for hit in found] == [hit.passage.id for hit in due]
    scores = [hit.score for hit in one.keywords]
    assert [hit.score for hit in other.keywords] == pytest.approx(scores, abs=1e-4)


def assert_same_answer(one: Answer, other: Answer) -> None:
    assert (one.answer, one.citations) == (other.answer, other.citations)
    assert (one.abstained, one.reason) == (other.abstained, other.reason)
    assert other.confidence == pytest.approx(one.confidence, abs=1e-4)
