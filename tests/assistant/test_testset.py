from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from assistant.conversation.conversations import Conversations
from index.store import Store
from tests.assistant.command import run
from tests.web.making import fill
from web import create_app

PIER = "The Harwick pier was opened on 12 June 1861.\n"
SOUND = {"id": "1", "question": "When was the Harwick pier opened?", "answers": ["12 June 1861"]}
BRIDGE = "General Finn Holm opened the Alba bridge in 1931.\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with documents, and an index in which two answers have been judged."""
    folder = tmp_path_factory.mktemp("testset")
    (folder / "documents").mkdir()
    (folder / "documents" / "pier.txt").write_text(PIER)
    (folder / "documents" / "bridge.txt").write_text(BRIDGE)
    (folder / "sound.csv").write_text("question,answers\nWho opened the Alba bridge?,Finn Holm\n")
    with (
        Store.open(folder / ".assistant", embedder_name=None, create=True) as store,
        closing(Conversations(folder / ".assistant")) as conversations,
    ):
        client = create_app(fill(store, folder / "documents"), conversations).test_client()
        for turn, question in enumerate(("Who won?", "When was the  Harwick pier opened"), start=1):
            asked = {"question": question, "conversation_id": "c", "as_written": True}
            assert client.post("/ask", json=asked).get_json()["turn"] == turn
            said = {"verdict": "right" if turn == 2 else "wrong"}
            url = f"/conversations/c/turns/{turn}/feedback"
            assert client.put(url, json=said).status_code == 200
    return folder


def drafted(text: str) -> list[str]:
    return sorted(json.loads(line)["question"] for line in text.splitlines())


def test_drafts_of_an_index_and_of_documents_are_the_same_and_pass_their_check(
    folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "drafts.jsonl"
    done = run("testset", "draft", "--output", str(path), folder=folder)
    assert (done.returncode, drafted(path.read_text("utf-8"))) == (0, [
        "When did General Finn Holm open the Alba bridge?",
        "When was the Harwick pier opened?",
        "Who opened the Alba bridge in 1931?",
    ])  # fmt: skip
    assert "questions: 3, of them judged in the chat: 0; look through them" in done.stderr
    of_documents = run("testset", "draft", "--documents", "documents", folder=folder)
    assert of_documents.stdout == path.read_text("utf-8")
    assert "2 indexed" in of_documents.stderr
    done = run("testset", "check", str(path), folder=folder)
    assert (done.returncode, done.stdout) == (0, "questions: 3, with faults: 0\n")


def test_limit_and_kinds_hold(folder: Path) -> None:
    only = ("--limit", "1", "--kind", "who", "--kind", "letters")
    done = run("testset", "draft", *only, folder=folder)
    assert drafted(done.stdout) == ["Who opened the Alba bridge in 1931?"]


def test_what_was_judged_in_the_chat_comes_first_and_once(folder: Path) -> None:
    done = run("testset", "draft", "--feedback", "--kind", "when", folder=folder)
    assert [json.loads(line)["question"] for line in done.stdout.splitlines()] == [
        "When was the  Harwick pier opened",
        "When did General Finn Holm open the Alba bridge?",
    ]
    assert "questions: 2, of them judged in the chat: 1;" in done.stderr


def test_findings_are_told_with_status_1_to_people_and_programs(
    folder: Path, tmp_path: Path
) -> None:
    lines = [
        SOUND,
        SOUND | {"id": "2", "answers": ["13 June\x1b 1861"], "question": "When was it?"},
    ]
    path = tmp_path / "own.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    done = run("testset", "check", str(path), folder=folder)
    assert done.returncode == 1
    first, second, last = done.stdout.splitlines()
    assert first.startswith("2: unclear_question: ")
    assert second.startswith('2: answer_not_found: the answer "13 June\ufffd 1861" does not stand')
    assert last == "questions: 2, with faults: 1"
    done = run("testset", "check", str(path), "--documents", "documents", "--json", folder=folder)
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told["questions"] == 2
    assert [(one["id"], one["kind"]) for one in told["findings"]] == [
        ("2", "unclear_question"), ("2", "answer_not_found"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["draft", "--output", "documents/pier.txt"], "pier.txt exists"),
        (["draft", "--output", "no-folder/drafts.jsonl"], "no-folder: no such folder"),
        (["draft", "--feedback", "--documents", "documents"], "leave out --documents"),
        (["check", "nothing.jsonl"], "nothing.jsonl"),
        (["check", "documents/pier.txt"], "a test set is JSON Lines"),
        (["check", "sound.csv", "--index", "none"], "none"),
    ],
)
def test_mistake_of_the_callers_is_one_line_and_status_2(
    folder: Path, arguments: list[str], complaint: str
) -> None:
    done = run("testset", *arguments, folder=folder)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert complaint in done.stderr
    assert (folder / "documents" / "pier.txt").read_text() == PIER
