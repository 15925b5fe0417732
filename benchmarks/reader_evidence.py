"""Fit what the span reader makes of its evidence: ``python -m benchmarks.reader_evidence SQUAD``.

SQuAD 2.0's paragraphs are the corpus, its answerable questions are asked over it, and one in two
also with its own paragraph left out. Articles are divided by the hash of their titles: on a quarter
the combination of the evidence is fitted, on another the calibration, and the report is on the
half that neither has seen. Both are written where the reader reads them.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
from tqdm import tqdm

from assistant import display
from assistant.answering import READ, Assistant
from assistant.calibrating import judge, report
from assistant.confidence import CALIBRATION_FILE, fit
from assistant.config import Settings
from assistant.evaluation.metrics import is_right
from assistant.opening import READER_FOLDER, open_reader
from assistant.reader import combination
from assistant.reader.combination import Case
from assistant.reader.evidence import FEATURES
from assistant.reader.reading import COMBINATION_FILE, SpanReader
from assistant.testsets.corpus import index_corpus
from assistant.testsets.reading import read_test_set
from assistant.testsets.records import Conversation, GoldQuestion, TestSet
from benchmarks.halves import digest, is_held_back
from index.embedding import Embedder, load_embedder
from index.search import search
from index.store import Store
from index.terms import query_terms

_PARTS = ("combination", "calibration", "held back")
_MOST = 800  # questions of a part


def run(path: Path) -> None:
    """Fit, write and report."""
    embedder = load_embedder()
    test_set = read_test_set(path)
    parts = _parts(test_set)
    with (
        TemporaryDirectory() as folder,
        Store.open(Path(folder), embedder_name=embedder.name, create=True) as store,
    ):
        for _ in index_corpus(store, test_set.documents or (), embedder):
            pass
        _fit_combination(store, embedder, parts["combination"])
        reader = open_reader(Settings())
        assistant = Assistant(store, embedder, reader)
        fitted, held_back = (
            list(tqdm(judge(assistant, parts[name]), desc=name, disable=None))
            for name in ("calibration", "held back")
        )
    calibration = fit([j.log_odds for j in fitted], [j.right for j in fitted], reader=reader.name)
    calibration.save(READER_FOLDER / CALIBRATION_FILE)
    print("\n".join(display.report(report([(calibration, held_back)]))))


def _parts(test_set: TestSet) -> dict[str, TestSet]:
    """Divide the answerable questions by their articles, and take a sample of each part."""
    titles = {document.id: document.title for document in test_set.documents or ()}
    parts: dict[str, list[Conversation]] = {name: [] for name in _PARTS}
    for conversation in test_set.conversations:
        (question,) = conversation.turns
        if question.answers:
            title = titles[question.document or ""]
            number = 2 if is_held_back(title) else digest(title)[1] % 2
            parts[_PARTS[number]].append(conversation)
    random = Random(7)
    return {
        name: replace(test_set, conversations=tuple(random.sample(part, min(_MOST, len(part)))))
        for name, part in parts.items()
    }


def _fit_combination(store: Store, embedder: Embedder, test_set: TestSet) -> None:
    reader = open_reader(Settings())
    ids = {summary.path: summary.id for summary in store.documents()}
    cases = []
    for at, question in enumerate(tqdm(test_set.questions, desc=_PARTS[0], disable=None)):
        own = ids[question.document or ""]
        cases.append(_case(store, embedder, reader, question, ()))
        if at % 2:
            others = tuple(document for document in ids.values() if document != own)
            cases.append(_case(store, embedder, reader, question, others))
    weights = combination.fit(cases)
    fitted = {
        "run_on": reader.run_on,
        "weights": dict(zip(FEATURES, np.round(weights, 4).tolist(), strict=True)),
    }
    (READER_FOLDER / COMBINATION_FILE).write_text(json.dumps(fitted, indent=1) + "\n", "utf-8")
    print(f"{len(cases)} cases: {fitted}")


def _case(
    store: Store,
    embedder: Embedder,
    reader: SpanReader,
    question: GoldQuestion,
    within: tuple[str, ...],
) -> Case:
    with store.snapshot() as snapshot:
        hits = search(snapshot, embedder, question.text, k=READ, documents=within).hits
        idf = {term: snapshot.idf(term) for term in query_terms(question.text)}
    candidates, features = reader.evidence(question.text, hits, idf)
    right = [is_right(candidate.best.text, question.answers or ()) for candidate in candidates]
    return Case(features, np.array(right, bool))


if __name__ == "__main__":
    run(Path(sys.argv[1]))
