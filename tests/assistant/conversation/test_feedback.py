from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from assistant.conversation.conversations import Conversations
from assistant.conversation.feedback import Feedback, JudgedTurn, Judgement, Place, Verdict
from assistant.records import Answer, Mode, Reason
from index.errors import UnknownConversationError

RIGHT, WRONG = Judgement(Verdict.RIGHT), Judgement(Verdict.WRONG)
HERE = Judgement(
    Verdict.HERE, Place("1f", "a/pier.md", "f" * 64, ((3, 9), (12, 14)), "Anders Lünd\0")
)


@pytest.fixture
def conversations(tmp_path: Path, catalogue_url: str) -> Iterator[Conversations]:
    """A conversation "one" of two turns and a conversation "other" of one, all declined."""
    with closing(Conversations(tmp_path, catalogue_url)) as opened:
        for conversation_id, question in (("one", "Who?"), ("one", "When?"), ("other", "Where?")):
            answer = Answer(
                question, f"{question} understood", "", True, Reason.NOT_ANSWERED, 0.5,
                Mode.HYBRID, (), (), (), 1, {},
            )  # fmt: skip
            opened.add(conversation_id, answer)
        yield opened


@pytest.fixture
def feedback(conversations: Conversations) -> Feedback:
    return Feedback(conversations.database)


def test_judgement_is_kept_with_the_question_and_the_answer_given(
    conversations: Conversations, feedback: Feedback
) -> None:
    feedback.give("one", 2, HERE)
    reply = conversations.read("one")[1][1].reply
    assert feedback.judged() == [JudgedTurn("one", 2, "When? understood", reply, HERE)]


def test_what_is_said_last_of_a_turn_counts(feedback: Feedback) -> None:
    for judgement in (RIGHT, HERE, WRONG):
        feedback.give("one", 1, judgement)
        assert [turn.judgement for turn in feedback.judged()] == [judgement]


def test_judged_turns_come_in_the_order_in_which_they_were_judged(feedback: Feedback) -> None:
    for conversation_id, turn in (("other", 1), ("one", 2), ("one", 1), ("one", 2)):
        feedback.give(conversation_id, turn, RIGHT)
    judged = [(turn.conversation_id, turn.number) for turn in feedback.judged()]
    assert judged == [("other", 1), ("one", 1), ("one", 2)]


def test_verdicts_of_a_conversation_are_given_by_turn(feedback: Feedback) -> None:
    feedback.give("one", 1, WRONG)
    feedback.give("one", 2, HERE)
    feedback.give("other", 1, RIGHT)
    assert feedback.verdicts("one") == {1: Verdict.WRONG, 2: Verdict.HERE}
    assert feedback.verdicts("none") == {}


def test_judgement_that_is_taken_back_is_forgotten(feedback: Feedback) -> None:
    feedback.give("one", 1, RIGHT)
    feedback.give("one", 2, WRONG)
    feedback.take_back("one", 1)
    feedback.take_back("other", 1)
    assert feedback.verdicts("one") == {2: Verdict.WRONG}


@pytest.mark.parametrize(
    ("conversation_id", "turn"), [("none", 1), ("one", 0), ("one", 3), ("one", 10**30)]
)
def test_turn_that_is_not_there_cannot_be_judged(
    feedback: Feedback, conversation_id: str, turn: int
) -> None:
    with pytest.raises(UnknownConversationError, match=f"no turn {turn}"):
        feedback.give(conversation_id, turn, RIGHT)
    with pytest.raises(UnknownConversationError, match=f"no turn {turn}"):
        feedback.take_back(conversation_id, turn)


def test_feedback_is_deleted_with_its_conversation(
    conversations: Conversations, feedback: Feedback
) -> None:
    feedback.give("one", 1, HERE)
    feedback.give("other", 1, RIGHT)
    conversations.delete("one")
    with conversations.database.reading() as connection:
        kept = connection.execute(sql("SELECT conversation_id FROM feedback")).scalars().all()
    assert kept == ["other"]


def test_feedback_outlives_the_process_that_kept_it(
    conversations: Conversations, feedback: Feedback, tmp_path: Path, catalogue_url: str
) -> None:
    feedback.give("one", 1, HERE)
    conversations.close()
    with closing(Conversations(tmp_path, catalogue_url)) as opened:
        assert [turn.judgement for turn in Feedback(opened.database).judged()] == [HERE]
