"""What people said of answers → lines of a test set, to be reviewed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assistant.conversation.feedback import JudgedTurn, Verdict


def draft(judged: Iterable[JudgedTurn]) -> list[dict[str, Any]]:
    """Make a line of each question that was judged.

    Where an answer is only known to be wrong, ``answers`` is None: it is for the reviewer to say
    what is right.

    Args:
        judged: The last judgement last; of those on one question it counts.
    """
    last = {" ".join(turn.understood_as.casefold().split()): turn for turn in judged}
    return [_line(turn) for turn in last.values()]


def _line(turn: JudgedTurn) -> dict[str, Any]:
    given = turn.reply["answer"]
    return {
        "id": f"{turn.conversation_id}#{turn.number}",
        "question": turn.understood_as,
        **_gold(turn),
        "feedback": {"verdict": turn.judgement.verdict.value, "answer": given},
    }


def _gold(turn: JudgedTurn) -> dict[str, Any]:
    """Return what the judgement says is right: a quote and its place, or that there is none."""
    place, citations = turn.judgement.place, turn.reply["citations"]
    if place:
        return _answered(place.quote, place.path, place.sha256, place.source_ranges)
    if turn.judgement.verdict is Verdict.WRONG:
        return {"answers": None}
    if not citations:
        return {"answers": []}
    ranges = [part for cited in citations for part in cited["source_ranges"]]
    first = citations[0]
    return _answered(turn.reply["answer"], first["path"], first["sha256"], ranges)


def _answered(quote: str, path: str, sha256: str, ranges: Iterable[Any]) -> dict[str, Any]:
    return {
        "answers": [quote],
        "document": path,
        "sha256": sha256,
        "source_ranges": [list(part) for part in ranges],
    }
