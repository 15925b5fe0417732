from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from assistant.conversation.conversations import Conversations
from tests.assistant.command import run

PIER = "# The Old Pier\n\nThe old pier was built by Anders Lund in 1861.\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chatting")
    (folder / "docs").mkdir()
    (folder / "docs" / "pier.md").write_text(PIER)
    assert run("index", "docs", folder=folder).returncode == 0
    return folder


def test_a_follow_up_question_is_understood_and_the_conversation_kept(folder: Path) -> None:
    typed = "Who built the old pier?\nWhen?\n"
    arguments = ("chat", "--max-error", "1", "--conversation", "pier")
    done = run(*arguments, folder=folder, typed=typed)
    assert done.returncode == 0, done.stderr
    first, understood, second = done.stdout.partition("Understood as: When was it that Anders Lund")
    assert first.startswith("The old pier was built by Anders Lund in 1861.\n\n[1] The Old Pier")
    assert understood
    assert "[1] The Old Pier" in second
    with closing(Conversations(folder / ".assistant")) as conversations:
        summary, turns = conversations.read("pier")
    assert summary.title == "Who built the old pier?"
    assert [turn.reply["question"] for turn in turns] == ["Who built the old pier?", "When?"]


def test_an_empty_line_ends_the_conversation(folder: Path) -> None:
    done = run("chat", folder=folder, typed="\nWho built the old pier?\n")
    assert (done.returncode, done.stdout) == (0, "")


def test_a_question_that_is_too_long_is_told_and_the_conversation_goes_on(folder: Path) -> None:
    done = run("chat", folder=folder, typed=f"{'q' * 2001}\nWho built the old pier?\n")
    assert "error: a question has 1 to 2000 characters" in done.stderr
    assert "Nearest passages" in done.stdout or "[1] The Old Pier" in done.stdout
