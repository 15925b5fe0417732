from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assistant.confidence import CALIBRATION_FILE
from assistant.conversation.conversations import CONVERSATIONS_FILE, Conversations
from assistant.diagnosis import examine
from index.embedding import Embedder
from index.ingest import index
from index.store import Store
from index.store.mending import mend


@pytest.fixture
def folder(tmp_path: Path, embedder: Embedder) -> Path:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "pier.txt").write_text("The pier is forty metres long.")
    with Store.open(tmp_path / "index", embedder_name=embedder.name, create=True) as store:
        list(index(store, [documents], embedder=embedder))
    Conversations(tmp_path / "index").close()
    return tmp_path / "index"


def test_whole_index_has_no_problems(folder: Path) -> None:
    assert examine(folder) == ([], [])


def test_files_beside_the_index_are_examined_too(folder: Path) -> None:
    (folder / CALIBRATION_FILE).write_text("{}")
    (folder / CONVERSATIONS_FILE).write_bytes(b"no database" * 1000)
    conversations, calibration = examine(folder)[0]
    assert CONVERSATIONS_FILE in conversations
    assert "delete it or run `assistant calibrate` again" in calibration


def test_damaged_catalogue_is_a_problem_until_it_is_repaired(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "catalogue.sqlite")) as raw, raw:
        raw.execute("DROP TABLE passages")
    problems, _ = examine(folder)
    assert any("no such table" in problem for problem in problems)
    told = mend(folder)
    assert any(f"assistant index {folder.parent / 'documents'}" in line for line in told)
    assert examine(folder)[0] == []
