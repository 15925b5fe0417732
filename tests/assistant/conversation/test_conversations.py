from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from traceback import format_exception

import pytest
from sqlalchemy import text as sql

from assistant.conversation.conversations import CONVERSATIONS_FILE, Conversations
from assistant.records import Answer, Mode, Reason, Turn
from index.errors import IndexDamagedError, IndexVersionError


def answer_to(question: str, answer: str = "") -> Answer:
    reason = None if answer else Reason.NOT_ANSWERED
    return Answer(
        question, f"{question} understood", answer, not answer, reason, 0.5, Mode.HYBRID,
        (), (), (), 1, {},
    )  # fmt: skip


def test_turns_are_kept_in_order_and_apart(tmp_path: Path, catalogue_url: str) -> None:
    with closing(Conversations(tmp_path, catalogue_url)) as conversations:
        conversations.add("one", answer_to("Who?", "Lund"))
        conversations.add("other", answer_to("Where?"))
        conversations.add("one", answer_to("When?"))
        assert conversations.history("one") == (
            Turn("Who? understood", "Lund"),
            Turn("When? understood", ""),
        )
        assert conversations.history("none") == ()


def test_conversation_outlives_the_process_that_kept_it(tmp_path: Path, catalogue_url: str) -> None:
    with closing(Conversations(tmp_path, catalogue_url)) as conversations:
        conversations.add("one", answer_to("Who?", "Lund"))
    with closing(Conversations(tmp_path, catalogue_url)) as conversations:
        assert conversations.history("one") == (Turn("Who? understood", "Lund"),)


def test_old_turns_are_no_longer_understood_from(tmp_path: Path, catalogue_url: str) -> None:
    with closing(Conversations(tmp_path, catalogue_url)) as conversations:
        for number in range(10):
            conversations.add("one", answer_to(str(number)))
        assert [turn.question[0] for turn in conversations.history("one")] == list("23456789")


def test_turns_added_at_once_are_all_kept(tmp_path: Path, catalogue_url: str) -> None:
    with (
        closing(Conversations(tmp_path, catalogue_url)) as conversations,
        ThreadPoolExecutor(8) as pool,
    ):
        list(pool.map(lambda n: conversations.add("one", answer_to(str(n))), range(40)))
        with conversations.database.reading() as connection:
            rows = connection.execute(sql("SELECT number, question FROM turns ORDER BY number"))
            kept = rows.all()
    assert [number for number, _ in kept] == list(range(1, 41))
    assert {question for _, question in kept} == {str(number) for number in range(40)}


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("pier lund", ["one"]),  # in the title, and in an answer
        ("BURN Who", ["one"]),  # in two questions
        ("lund  1861", []),
        ("lund", ["one"]),
        ("oban who", ["other"]),
        (" ", ["other", "one"]),
        ("pier " * 5000, ["one"]),
    ],
)
def test_search_finds_the_conversations_that_hold_all_its_words(
    tmp_path: Path, catalogue_url: str, search: str, found: list[str]
) -> None:
    with closing(Conversations(tmp_path, catalogue_url)) as conversations:
        conversations.add("one", answer_to("Who built the pier?", "Anders Lund"))
        conversations.add("one", answer_to("When did it burn?"))
        conversations.add("other", answer_to("Who lives in Oban?", "1861 keepers"))
        assert [summary.id for summary in conversations.find(search)] == found


def test_conversations_of_another_version_are_refused(tmp_path: Path, catalogue_url: str) -> None:
    with (
        closing(Conversations(tmp_path, catalogue_url)) as conversations,
        conversations.database.writing() as connection,
    ):
        connection.execute(sql("UPDATE state SET format = 9"))
    with pytest.raises(IndexVersionError, match="format 9"):
        Conversations(tmp_path, catalogue_url)


def test_any_characters_come_back_and_are_searched(tmp_path: Path, catalogue_url: str) -> None:
    with closing(Conversations(tmp_path, catalogue_url)) as conversations:
        conversations.add("odd\0", answer_to("Who?\0 \x1b0", "Lund\0\x1b"))
        assert conversations.history("odd\0") == (Turn("Who?\0 \x1b0 understood", "Lund\0\x1b"),)
        assert [one.id for one in conversations.find("lund")] == ["odd\0"]
        assert conversations.find("lunds") == []
        assert conversations.read("odd\0")[1][0].reply["answer"] == "Lund\0\x1b"


def test_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / CONVERSATIONS_FILE).write_text("no database " * 100)
    with pytest.raises(IndexDamagedError, match=CONVERSATIONS_FILE):
        Conversations(tmp_path)


def test_answer_that_is_not_what_was_kept_is_never_shown(
    tmp_path: Path, catalogue_url: str
) -> None:
    with closing(Conversations(tmp_path, catalogue_url)) as conversations:
        conversations.add("one", answer_to("When?"))
        assert conversations.problems() == []
        with conversations.database.writing() as connection:
            connection.execute(sql("UPDATE turns SET reply = replace(reply, 'When', 'Then')"))
        with pytest.raises(IndexDamagedError, match="not what was kept") as caught:
            conversations.read("one")
        assert "Then" not in "".join(format_exception(caught.value))  # which is logged
        [problem] = conversations.problems()
        assert problem.startswith("turn 1 of conversation one: ")


@pytest.mark.parametrize("older", [2, 3])
def test_answers_kept_by_an_older_format_are_read(
    tmp_path: Path, catalogue_url: str, older: int
) -> None:
    with closing(Conversations(tmp_path, catalogue_url)) as conversations:
        conversations.add("one", answer_to("When?"))
        kept = conversations.read("one")
        with conversations.database.writing() as connection:
            reply: str = connection.execute(sql("SELECT reply FROM turns")).scalar_one()
            if older == 2:  # it had no digests
                line = {"reply": reply.partition("\n")[0]}
                connection.execute(sql("UPDATE turns SET reply = :reply"), line)
            connection.execute(sql("UPDATE state SET format = :older"), {"older": older})
    with closing(Conversations(tmp_path, catalogue_url)) as conversations:
        assert conversations.read("one") == kept
        assert conversations.problems() == []
