"""The conversations: listed, shown again, renamed, deleted, written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from flask import Blueprint, Response, request

from assistant.conversation.conversations import KeptTurn, Summary
from assistant.conversation.exporting import as_markdown
from assistant.conversation.feedback import Feedback
from index.freshness import stale
from web.bodies import read_body, reply
from web.current import assistant, prefers_page
from web.current import conversations as kept
from web.pages import show_chat
from web.schema.asking import AskResponse, Citation
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
    return Conversation(**asdict(summary), replies=_marked_stale(replies), feedback=verdicts)


def _marked_stale(replies: Sequence[AskResponse]) -> list[AskResponse]:
    """Say of each citation whether its document still is what it was cited from."""
    ids = list({cited.document_id for reply in replies for cited in _citations(reply)})
    with assistant().store.catalogue.reading() as rows:
        hashes, changed = rows.source_hashes(ids), stale(rows, ids)

    def marked(cited: Citation) -> Citation:
        is_same = hashes.get(cited.document_id) == cited.source_sha256
        return cited.model_copy(update={"stale": not is_same or cited.document_id in changed})

    return [
        reply.model_copy(
            update={
                "citations": list(map(marked, reply.citations)),
                "alternatives": [
                    other.model_copy(update={"citation": marked(other.citation)})
                    for other in reply.alternatives
                ],
            }
        )
        for reply in replies
    ]


def _citations(reply: AskResponse) -> list[Citation]:
    return [*reply.citations, *(other.citation for other in reply.alternatives)]
