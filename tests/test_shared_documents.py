"""The main job on two real, noisy documents, where they lie beside the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.config import Settings
from assistant.evaluation.results import Evaluation, summarise
from assistant.evaluation.running import Examiner
from assistant.opening import open_assistant, open_embedder, open_store
from assistant.testsets.reading import read_test_set
from index.ingest import index
from index.records import agree

SHARED = Path(__file__).parent.parent.parent / "shared"
SEEDS = SHARED / "seeds"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.model,
    pytest.mark.skipif(not SEEDS.is_dir(), reason=f"{SEEDS} is not there"),
]


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    settings = Settings(index=tmp_path_factory.mktemp("seeds") / "index")
    embedder = open_embedder(settings)
    with open_store(settings, embedder, create=True) as store:
        for _ in index(store, [SEEDS], embedder=embedder):
            pass
    test_set = read_test_set(SHARED / "evalsets" / "seeds" / "dev.jsonl")
    with open_assistant(settings, embedder) as assistant:
        examiner = Examiner(test_set, assistant, max_error=1.0)
        return summarise(list(examiner.run()), examiner.qrels, examiner.settings)


def test_every_citation_slices_its_file_to_its_quote(evaluation: Evaluation) -> None:
    cited = [citation for result in evaluation.results if result.answer
             for citation in result.answer.citations]  # fmt: skip
    assert len(cited) == len(evaluation.results)
    for citation in cited:
        source = (SEEDS / citation.path).read_bytes().decode()
        sliced = "".join(source[start:end] for start, end in citation.source_ranges)
        assert agree(sliced, citation.quote)


def test_passage_with_the_answer_is_found(evaluation: Evaluation) -> None:
    assert evaluation.metrics["passage_recall@5"].value >= 0.95
    assert evaluation.metrics["passage_recall@1"].value >= 0.80
