from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from assistant.conversation.conversations import CONVERSATIONS_FILE, Conversations
from index.store import Store
from tests.assistant.command import run
from tests.web.making import COUNCIL, COUNCIL_ID, fill, write_documents
from web import create_app

MANY = COUNCIL.index("many")
# Questions, and what is said of the answers: Rome, none, none, "on 27 May 1997", none.
SAID: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("Where did the council meet?", {"verdict": "right"}),
    ("Who won?", {"verdict": "right"}),
    ("Which rules are in use?", {"verdict": "wrong"}),
    ("When was the treaty signed?", {"verdict": "wrong"}),
    (
        "Which rules are in use?",
        {"verdict": "here", "document_id": COUNCIL_ID, "source_ranges": [[MANY, MANY + 8]]},
    ),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an index, in which one conversation has been judged."""
    folder = tmp_path_factory.mktemp("feedback")
    write_documents(folder / "documents")
    with (
        Store.open(folder / ".assistant", embedder_name=None, create=True) as store,
        closing(Conversations(folder / ".assistant")) as conversations,
    ):
        client = create_app(fill(store, folder / "documents"), conversations).test_client()
        for turn, (question, said) in enumerate(SAID, start=1):
            asked = {"question": question, "conversation_id": "c", "as_written": True}
            assert client.post("/ask", json=asked).get_json()["turn"] == turn
            given = client.put(f"/conversations/c/turns/{turn}/feedback", json=said)
            assert given.status_code == 200
    return folder


def test_every_question_is_one_line_with_its_last_judgement(folder: Path) -> None:
    done = run("feedback", "export", folder=folder)
    assert done.returncode == 0
    assert done.stderr == "questions: 4, still without an answer: 1\n"
    lines = {line["id"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert {name: (line["question"], line["answers"]) for name, line in lines.items()} == {
        "c#1": ("Where did the council meet?", ["Rome"]),
        "c#2": ("Who won?", []),
        "c#4": ("When was the treaty signed?", None),
        "c#5": ("Which rules are in use?", ["many"]),
    }
    assert {name: line.get("document") for name, line in lines.items()} == {
        "c#1": "council.md", "c#2": None, "c#4": None, "c#5": "council.md",
    }  # fmt: skip
    (met,) = lines["c#1"]["source_ranges"]
    assert (COUNCIL[slice(*met)], lines["c#5"]["source_ranges"]) == ("Rome", [[MANY, MANY + 4]])


def test_reviewed_export_is_evaluated(folder: Path, tmp_path: Path) -> None:
    drafts = tmp_path / "drafts.jsonl"
    assert run("feedback", "export", "--output", str(drafts), folder=folder).returncode == 0
    refused = run("evaluate", str(drafts), folder=folder)
    assert refused.returncode == 2
    assert 'line 4: "answers" is null: this is a draft.' in refused.stderr

    drafts.write_text(drafts.read_text("utf-8").replace("null", '["27 May 1997"]'), "utf-8")
    done = run("evaluate", str(drafts), "--json", str(tmp_path / "run.json"), folder=folder)
    assert done.returncode == 0, done.stderr
    scored = json.loads((tmp_path / "run.json").read_text("utf-8"))
    golds = {question["id"]: question["answers"] for question in scored["questions"]}
    assert golds == {"c#1": ["Rome"], "c#2": [], "c#4": ["27 May 1997"], "c#5": ["many"]}
    assert {"em", "f1", "recall@10"} <= scored["metrics"].keys()
    assert scored["metrics"]["recall@10"]["value"] == 1.0


def test_file_that_is_there_is_never_overwritten(folder: Path, tmp_path: Path) -> None:
    reviewed = tmp_path / "reviewed.jsonl"
    reviewed.write_text("reviewed")
    done = run("feedback", "export", "--output", str(reviewed), folder=folder)
    assert (done.returncode, reviewed.read_text()) == (2, "reviewed")
    assert "reviewed.jsonl exists" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--index", "none"], "none"),
        (["--index", "documents"], "documents"),
        (["--output", "no-folder/drafts.jsonl"], "no-folder: no such folder"),
        (["--output", "documents/council.md/drafts.jsonl"], "no such folder"),
    ],
)
def test_mistake_of_the_callers_is_one_line_and_status_2(
    folder: Path, arguments: list[str], complaint: str
) -> None:
    done = run("feedback", "export", *arguments, folder=folder)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert complaint in done.stderr
    assert not (folder / "documents" / CONVERSATIONS_FILE).exists()


def test_index_without_feedback_gives_no_lines(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run("index", "empty", folder=tmp_path).returncode == 0
    done = run("feedback", "export", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "questions: 0, still without an answer: 0\n"
