from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from assistant.testsets.checking import check
from assistant.testsets.corpus import index_corpus
from assistant.testsets.problems import Finding, Problem
from assistant.testsets.reading import read_leniently
from index.ingest import index
from index.store import Store

PIER = "The Harwick pier was opened on 12 June 1861.\n\nAda Lund paid for it.\n"
BRIDGE = "Finn Holm opened the Alba bridge in 1931. Its stones are red; its rails are blue.\n"
AT = PIER.index("12 June 1861")
SOUND: dict[str, Any] = {
    "id": "pier",
    "question": "When was the Harwick pier opened?",
    "answers": ["12 June 1861"],
    "document": "pier.txt",
    "sha256": sha256(PIER.encode()).hexdigest(),
    "source_ranges": [[AT, AT + 12]],
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    folder = tmp_path / "harbour"
    (folder / "bridges").mkdir(parents=True)
    (folder / "pier.txt").write_bytes(PIER.encode())
    (folder / "bridges" / "alba.txt").write_bytes(BRIDGE.encode())
    with Store.open(tmp_path / "index", embedder_name=None, create=True) as store:
        list(index(store, [folder], embedder=None))
        yield store


def findings(store: Store, path: Path) -> list[Finding]:
    test_set, faults = read_leniently(path)
    return check(test_set, faults, store.documents(), store.document)


def found(store: Store, path: Path, *lines: dict[str, Any]) -> list[tuple[str, str]]:
    path.write_text("\n".join(map(json.dumps, lines)))
    return [(finding.id, finding.kind.value) for finding in findings(store, path)]


def test_a_sound_test_set_has_nothing_wrong(store: Store, tmp_path: Path) -> None:
    lines: list[dict[str, Any]] = [
        SOUND,
        {"id": "2", "question": "Who paid for the Harwick pier?", "answers": ["Lund", "Ada Lund"]},
        {"id": "3", "question": "Who sank the Harwick ferry?", "answers": []},
        {
            "id": "4",
            "question": "Who opened Alba?",
            "answers": ["Finn Holm"],
            "document": "alba.txt",
        },
        {"id": "5", "question": "What colours are at Alba?", "answers": ["Red; blue"]},
    ]
    assert found(store, tmp_path / "own.jsonl", *lines) == []


def test_every_line_that_was_spoiled_is_found(store: Store, tmp_path: Path) -> None:
    spoiled: dict[Problem, dict[str, Any]] = {
        Problem.MALFORMED: {"answers": "12 June 1861"},
        Problem.NOT_REVIEWED: {"answers": None},
        Problem.REPEATED_ID: {"id": "pier"},
        Problem.DOCUMENT_NOT_FOUND: {"document": "piers.txt"},
        Problem.DOCUMENT_CHANGED: {"sha256": "0" * 64},
        Problem.ANSWER_NOT_FOUND: {"answers": ["13 June 1861"], "source_ranges": None},
        Problem.ANSWER_NOT_IN_PLACE: {"source_ranges": [[AT + 1, AT + 13]]},
        Problem.ANSWER_IN_QUESTION: {"question": "Which pier opened on 12 June 1861 in Harwick?"},
        Problem.REPEATED_QUESTION: {"question": "When was the Harwick  pier opened"},
        Problem.CONFLICTING_ANSWERS: {
            "question": "When was Harwick pier opened?",
            "answers": ["Ada Lund"],
            "source_ranges": None,
        },
        Problem.AMBIGUOUS_QUESTION: {
            "question": "When did the pier of Harwick open?",
            "answers": ["1931"],
            "document": "alba.txt",
            "sha256": None,
            "source_ranges": None,
        },
        Problem.UNCLEAR_QUESTION: {"question": "When was it opened?"},
    }
    assert set(spoiled) == set(Problem)
    for kind, fault in spoiled.items():
        line = SOUND | {"id": "bad", "question": f"When was pier {kind} opened?"} | fault
        first = {**SOUND, "id": "pier"}
        kinds = {name for _, name in found(store, tmp_path / f"{kind}.jsonl", first, line)}
        assert kinds == {kind.value}, kind


def test_an_answer_of_another_document_is_told_with_it(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    line = {"id": "a", "question": "Who paid?", "answers": ["Ada Lund"], "document": "alba.txt"}
    assert found(store, path, line) == [("a", "answer_not_found")]
    assert "does not stand in alba.txt, but in pier.txt" in findings(store, path)[0].message


def test_a_second_form_of_an_answer_may_stand_in_another_document(
    store: Store, tmp_path: Path
) -> None:
    line = SOUND | {"answers": ["12 June 1861", "1931"]}
    assert found(store, tmp_path / "own.jsonl", line) == []
    line = SOUND | {"answers": ["12 June 1861", "12.6.1861"]}
    assert found(store, tmp_path / "own.jsonl", line) == [("pier", "answer_not_found")]


def test_findings_come_in_the_order_of_the_test_set(store: Store, tmp_path: Path) -> None:
    lines: list[dict[str, Any]] = [
        {"id": "z", "question": "Who was it?", "answers": ["nobody"]},
        {"id": "y", "question": "When was Alba opened?", "answers": ["1931"], "document": "a.txt"},
        {"id": "x", "question": "Why?", "answers": None},
    ]
    assert found(store, tmp_path / "own.jsonl", *lines) == [
        ("x", "not_reviewed"),
        ("z", "unclear_question"),
        ("z", "answer_not_found"),
        ("y", "document_not_found"),
    ]


def test_a_line_without_an_id_is_told_by_its_place(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("question,answers\nWhen was Alba opened?,1931\n,1861\nWho paid?,Ada Lind\n")
    told = [(finding.id, finding.kind.value) for finding in findings(store, path)]
    assert told == [("3", "malformed"), ("4", "answer_not_found")]


def test_lines_that_cannot_be_read_do_not_hide_the_next(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    bad = {"id": "bad", "question": "Who paid for the pier?", "answers": ["Ada Lind"]}
    path.write_text("\n".join(['{"id": ', json.dumps(SOUND), "3", json.dumps(bad)]))
    assert [(one.id, one.kind.value) for one in findings(store, path)] == [
        ("line 1", "malformed"),
        ("line 3", "malformed"),
        ("bad", "answer_not_found"),
    ]
    path = tmp_path / "own.csv"
    path.write_text("question,answers\nWho, then?,Ada\nWho paid?,Ada Lind\nWhen?\n")
    assert [(one.id, one.kind.value) for one in findings(store, path)] == [
        ("line 2", "malformed"),
        ("line 4", "malformed"),
        ("3", "answer_not_found"),
    ]


def test_ranges_of_a_line_are_the_place_of_one_answer(store: Store, tmp_path: Path) -> None:
    ranges = [[BRIDGE.index(word), BRIDGE.index(word) + len(word)] for word in ("red", "blue")]
    line = {
        "id": "5",
        "question": "What colours are at Alba?",
        "answers": ["Red; blue"],
        "document": "alba.txt",
        "source_ranges": ranges,
    }
    assert found(store, tmp_path / "own.jsonl", line) == []
    line["answers"] = ["red", "blue"]
    assert found(store, tmp_path / "own.jsonl", line) == [("5", "answer_not_in_place")]


def test_a_conversation_with_an_unreviewed_turn_is_told_whole(store: Store, tmp_path: Path) -> None:
    turns = [
        {"question": "Who opened Alba?", "answers": ["Finn Holm"]},
        {"question": "When?", "answers": None},
    ]
    line = {"id": "c", "turns": turns}
    assert found(store, tmp_path / "own.jsonl", line) == [("c", "not_reviewed")]


def test_squad_is_checked_on_its_own_paragraphs(tmp_path: Path) -> None:
    def question(name: str, *answers: str) -> dict[str, Any]:
        listed = [{"text": answer, "answer_start": PIER.find(answer)} for answer in answers]
        return {"id": name, "question": f"Who paid for pier {name}?", "answers": listed}

    asked = [question("a", "Ada Lund", "Lund"), question("b", "Finn Holm")]
    paragraph = {"context": PIER, "qas": asked}
    path = tmp_path / "dev.json"
    path.write_text(json.dumps({"data": [{"title": "Pier", "paragraphs": [paragraph]}]}))
    test_set, faults = read_leniently(path)
    with Store.open(tmp_path / "index", embedder_name=None, create=True) as store:
        list(index_corpus(store, test_set.documents or (), None))
        told = check(test_set, faults, store.documents(), store.document)
    assert [(finding.id, finding.kind.value) for finding in told] == [("b", "answer_not_found")]
