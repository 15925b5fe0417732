"""A conversation as Markdown, with its citations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from assistant.conversation.conversations import KeptTurn, Summary
from assistant.records import Reason

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


def as_markdown(conversation: Summary, turns: Sequence[KeptTurn]) -> str:
    """Write a conversation down: every question, its answer, and where each quote stands."""
    return "\n".join(_lines(conversation, turns)) + "\n"


def _lines(conversation: Summary, turns: Sequence[KeptTurn]) -> Iterator[str]:
    yield f"# {_plain(conversation.title)}"
    for turn in turns:
        reply = turn.reply
        yield from ("", f"## {_plain(reply['question'])}", "", f"*{_moment(turn.asked_at)}*")
        if reply["understood_as"] != reply["question"]:
            yield from ("", f"Understood as: {_plain(reply['understood_as'])}")
        if within := len(reply.get("documents", ())):  # formats 2 and 3 did not keep them
            yield from ("", f"Asked within {within} document{'' if within == 1 else 's'}")
        yield from _declined(reply) if reply["abstained"] else _answered(reply)


def _answered(reply: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", f"**{_plain(reply['answer'])}** (confidence {reply['confidence']:.0%})")
    for cited in reply["citations"]:
        yield from _quoted(cited, cited["sentence"], f"[{cited['number']}] ")


def _declined(reply: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", Reason(reply["reason"]).in_words)
    for other in reply["alternatives"]:
        cited, answer = other["citation"], other["answer"]
        is_list = answer != cited["quote"]
        yield from _quoted(cited, answer if is_list else cited["sentence"])


def _quoted(cited: Mapping[str, Any], words: str, number: str = "") -> Iterator[str]:
    yield from ("", f"> {_plain(words)}", "", number + _place(cited))


def _place(cited: Mapping[str, Any]) -> str:
    title = cited["title"] or cited["path"]
    page = f"page {cited['page']}" if cited["page"] else ""
    section = " > ".join(heading for heading in cited["section"] if heading != title)
    at = ", ".join("-".join(map(str, part)) for part in cited["source_ranges"])
    said = [title, page, section, cited["path"], f"characters {at}", f"SHA-256 {cited['sha256']}"]
    return ", ".join(_plain(part) for part in said if part)


def _plain(text: str) -> str:
    """Escape what Markdown would read as more than text; one line stays one."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
