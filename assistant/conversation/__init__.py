"""Follow-up questions: what a question means after the turns before it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.conversation.carrying import weigh
from assistant.conversation.ellipsis import fill_in, straighten
from assistant.conversation.pronouns import resolve
from assistant.conversation.rewriting import rewrite
from assistant.records import Turn

# "And the office that followed it?", where "it" says only which office.
_RELATIVE_CLAUSE = re.compile(r"\b(?!(?:and|but|or|about) )\w+ that \w", re.IGNORECASE)


def understand(question: str, history: Sequence[Turn]) -> str:
    """Say what a question means after others: itself, where it stands alone.

    Args:
        question: As it is asked.
        history: The turns before it, their questions as they were understood.
    """
    if not history:
        return question
    question = straighten(question)
    whole = refer_back(question, history)
    return whole or rewrite(question, history, weigh(question, history))


def refer_back(question: str, history: Sequence[Turn]) -> str | None:
    """Put in what a question leaves out or has pronouns for; None where it says all itself."""
    if filled := fill_in(question, history[-1]):
        return filled
    resolved = resolve(question, history)
    if resolved and _RELATIVE_CLAUSE.search(question):
        return fill_in(resolved, history[-1]) or resolved
    return resolved
