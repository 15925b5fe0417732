"""Faults planted in a whole assistant over files: each miss gets the cause of its fault."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from assistant.answering import Assistant
from assistant.evaluation.causes import Cause
from assistant.evaluation.running import Examiner
from assistant.reader import Reader
from assistant.records import Span
from assistant.testsets.records import (
    Conversation,
    GoldQuestion,
    TestSet,
    gold_document_qrels,
)
from index.embedding import Embedder
from index.ingest import index
from index.records import Hit
from index.store import Store
from tests.assistant.known_answers import KnownAnswers

YEARS = {"pier": "1861", "ferry": "1902", "tower": "1744", "market": "1588", "canal": "1827"}

Causes = Callable[..., list[Cause | None]]


class RandomReader:
    """Answers with any word of any passage, but with none that is a year."""

    name = "random"

    def __init__(self) -> None:
        self._random = Random(3)

    def read(self, question: str, hits: Sequence[Hit], idf: Mapping[str, float]) -> list[Span]:
        hit = self._random.choice(hits)
        words = [word for word in hit.passage.text.split() if word.isalpha()]
        word = self._random.choice(words)
        start = hit.passage.start + hit.passage.text.index(word)
        return [Span(start, start + len(word), 1.0, hit)]


def ask(name: str) -> str:
    return f"When was the {name} built?"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "town"
    folder.mkdir()
    for name, year in YEARS.items():
        text = f"The {name} was built in {year}. Many came to see it.\n"
        (folder / f"{name}.txt").write_text(text)
    return folder


@pytest.fixture
def knowing() -> KnownAnswers:
    """A reader that knows all answers and is rather sure of them."""
    return KnownAnswers({ask(name): (year, 4.0) for name, year in YEARS.items()})


@pytest.fixture
def causes(tmp_path: Path, folder: Path, embedder: Embedder, knowing: Reader) -> Causes:
    """Index the town, ask when each thing was built, and return why each answer was wrong."""

    def run(
        *,
        golds: Mapping[str, str] = YEARS,
        reader: Reader = knowing,
        max_error: float = 1.0,
        spoil: Callable[[Path], None] = lambda _: None,
    ) -> list[Cause | None]:
        with Store.open(tmp_path / "index", embedder_name=embedder.name, create=True) as store:
            list(index(store, [folder], embedder=embedder))
        spoil(tmp_path / "index")
        conversations = tuple(
            Conversation((GoldQuestion(name, ask(name), (gold,), f"{name}.txt"),))
            for name, gold in golds.items()
        )
        test_set = TestSet("t", "jsonl", conversations, gold_document_qrels(conversations))
        with Store.open(tmp_path / "index", embedder_name=embedder.name) as store:
            assistant = Assistant(store, embedder, reader)
            examiner = Examiner(test_set, assistant, max_error=max_error)
            return [result.cause for result in examiner.run()]

    return run


def test_nothing_is_missed_where_nothing_is_wrong(causes: Causes) -> None:
    assert causes() == [None] * 5


def test_file_that_cannot_be_extracted(causes: Causes, folder: Path) -> None:
    (folder / "pier.txt").write_bytes(b"\x00\xff" * 200)
    (folder / "ferry.txt").unlink()
    assert causes() == [Cause.NOT_EXTRACTED] * 2 + [None] * 3


def test_passage_that_was_removed_from_the_index(causes: Causes) -> None:
    def remove(index_folder: Path) -> None:
        with closing(sqlite3.connect(index_folder / "catalogue.sqlite")) as raw, raw:
            raw.execute(
                "DELETE FROM passages WHERE document_id ="
                " (SELECT id FROM documents WHERE path = 'tower.txt')"
            )
        (index_folder / "vectors.faiss").unlink(missing_ok=True)

    assert causes(spoil=remove) == [None, None, Cause.SPLIT_OVER_PASSAGES, None, None]


def test_reader_that_answers_at_random(causes: Causes) -> None:
    assert causes(reader=RandomReader()) == [Cause.OTHER_SPAN] * 5


def test_threshold_that_nothing_reaches(causes: Causes) -> None:
    assert causes(max_error=0.0) == [Cause.ABSTAINED] * 5


def test_gold_answer_that_is_wrong(causes: Causes, folder: Path) -> None:
    for name, year in YEARS.items():
        (folder / f"copy of {name}.txt").write_text(f"In {year} they built the {name} at last.\n")
    wrong = dict.fromkeys(YEARS, "12 May 1999")
    assert causes(golds=wrong) == [Cause.DOUBTFUL_GOLD] * 5
