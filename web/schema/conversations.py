"""The shapes of conversations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from assistant.conversation.conversations import LONGEST_TITLE
from assistant.conversation.feedback import Verdict
from web.schema.asking import AskResponse
from web.schema.base import Body, ConversationId, Reply


class ConversationSummary(Reply):
    """One conversation, as a list shows it."""

    id: ConversationId
    title: str
    created_at: datetime
    updated_at: datetime
    turns: int


class ConversationList(Reply):
    """The latest conversations, the last used first."""

    conversations: list[ConversationSummary]


class Conversation(ConversationSummary):
    """A conversation with the answers to all its questions, as they were shown."""

    replies: list[AskResponse]
    feedback: Annotated[dict[int, Verdict], Field(description="By the number of the turn.")]


class ConversationChange(Body):
    """A new title."""

    title: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TITLE)
    ]
