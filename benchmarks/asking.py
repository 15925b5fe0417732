"""What a whole question costs among many passages, and which part of it takes the time."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

import numpy as np

from assistant.answering import Assistant
from assistant.config import Settings
from assistant.opening import open_reader
from assistant.records import Question
from assistant.testsets.reading import read_test_set
from benchmarks import Measurement, matmul_rate
from benchmarks.making import RandomEmbedder, document
from index.batches import add_documents
from index.embedding import load_embedder
from index.ingest import index
from index.records import Document
from index.store import Store

_DOCUMENTS = Path("documents")
_QUESTIONS = Path("tests/data/documents.jsonl")
_PASSAGES = 10_000
_PARAGRAPHS = 10  # of a document, each a passage
_SENTENCES = 6  # of a paragraph
_SENTENCE = re.compile(r"[A-Z][^\n.?!]{40,250}[.?!](?=\s)")
_PARTS = ("embed", "search", "read")


def run() -> Iterator[Measurement]:
    """Ask the sample corpus its questions among 10,000 other passages made of its sentences."""
    embedder = load_embedder()
    with (
        tempfile.TemporaryDirectory() as home,
        Store.open(Path(home), embedder_name=embedder.name, create=True) as store,
    ):
        for _ in index(store, [_DOCUMENTS], embedder=embedder):
            pass
        others = _documents(_sentences(store))
        for _ in add_documents(store, others, embedder=RandomEmbedder()):
            pass
        assistant = Assistant(store, embedder, open_reader(Settings()))
        questions = [asked.text for asked in read_test_set(_QUESTIONS).questions]
        assistant.ask(Question(questions[0]))  # loads the models
        taken = [assistant.ask(Question(question)).timings_ms for question in questions]
    rate = max(matmul_rate(), matmul_rate(bfloat16=True))
    total = median(timings["total"] for timings in taken)
    note = f"at most 150; at {rate:.0f} GFLOP/s"
    yield Measurement(f"a question over {_PASSAGES:,} passages, median", total, "ms", note)
    for part, share in _shares(taken).items():
        yield Measurement(f"of which {part}", share, "%")


def _shares(taken: Sequence[Mapping[str, float]]) -> dict[str, float]:
    total = sum(timings["total"] for timings in taken)
    parts = {part: sum(timings[part] for timings in taken) for part in _PARTS}
    parts["everything else"] = total - sum(parts.values())
    return {part: 100 * spent / total for part, spent in parts.items()}


def _sentences(store: Store) -> list[str]:
    with store.catalogue.reading() as rows:
        ids = [found.id for found in rows.documents()]
    return [found for id_ in ids for found in _SENTENCE.findall(store.document(id_).text)]


def _documents(sentences: Sequence[str]) -> Iterator[Document]:
    random = np.random.default_rng(5)
    for number in range(_PASSAGES // _PARAGRAPHS):
        paragraphs = [
            " ".join(random.choice(sentences, size=_SENTENCES)) for _ in range(_PARAGRAPHS)
        ]
        yield document(f"{number}.txt", paragraphs)
