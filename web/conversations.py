"""The conversations: listed, shown again, renamed, deleted, written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from flask import Blueprint, Response, request

from assistant.conversation.conversations import KeptTurn, Summary
from assistant.conversation.exporting import as_markdown
from assistant.conversation.feedback import Feedback
from web.bodies import read_body, reply
from web.current import conversations as kept
from web.current import prefers_page
from web.pages import show_chat
from web.schema.asking import AskResponse
from web.schema.conversations import (
    Conversation,
    ConversationChange,
    ConversationList,
    ConversationSummary,
)

conversations = Blueprint("conversations", __name__)


@conversations.get("/conversations")
def list_conversations() -> Response:
    """List the latest conversations, or those that hold what is searched for."""
    found = kept().find(request.args.get("search", ""))
    summaries = [ConversationSummary(**asdict(summary)) for summary in found]
    return reply(ConversationList(conversations=summaries))


@conversations.get("/conversations/<path:conversation_id>")
def conversation(conversation_id: str) -> Response:
    """Show one conversation: its page for a browser, JSON for a program."""
    summary, turns = kept().read(conversation_id)
    response = show_chat() if prefers_page() else reply(_shown_again(summary, turns))
    response.vary.add("Accept")
    return response


@conversations.patch("/conversations/<path:conversation_id>")
def rename(conversation_id: str) -> Response:
    """Give a conversation another title."""
    change = read_body(ConversationChange)
    kept().rename(conversation_id, change.title)
    return reply(ConversationSummary(**asdict(kept().read(conversation_id)[0])))


@conversations.delete("/conversations/<path:conversation_id>")
def delete(conversation_id: str) -> Response:
    """Forget a conversation."""
    kept().delete(conversation_id)
    return Response(status=204)


@conversations.get("/conversations/<path:conversation_id>/export.md")
def export(conversation_id: str) -> Response:
    """Write a conversation down as Markdown, with its citations."""
    response = Response(as_markdown(*kept().read(conversation_id)), mimetype="text/markdown")
    response.headers.set("Content-Disposition", "attachment", filename="conversation.md")
    return response


def _shown_again(summary: Summary, turns: Sequence[KeptTurn]) -> Conversation:
    replies = [
        AskResponse(**turn.reply, conversation_id=summary.id, turn=turn.number) for turn in turns
    ]
    verdicts = Feedback(kept().database).verdicts(summary.id)
    return Conversation(**asdict(summary), replies=replies, feedback=verdicts)
