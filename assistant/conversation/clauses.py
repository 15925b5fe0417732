"""Which words before a pronoun can name what it stands for: those of the clauses before its own."""

from __future__ import annotations

import re

from assistant.conversation.ellipsis import AUXILIARY, PREPOSITION
from assistant.conversation.phrases import phrases

_OPENS = re.compile(
    r"(?:\b(?:before|after|when|while|until|since|because|that|if|as|though|besides|than)"
    rf"|, {AUXILIARY}) $",
    re.IGNORECASE,
)
_IN_FRONT = re.compile(
    rf"(?:(?:and|but|so) )?(?:(?:when|if|while|once|because|although|though)\b(?! {AUXILIARY}\b)"
    r"|(?P<also_preposition>after|before|since|until|as)\b) (?P<says>.+), ",
    re.IGNORECASE,
)
_ASKS_ON = re.compile(
    rf"(?:\b(?:and|but|or|so)|[?!;:]|(?<!\b\w)\.)(?: {PREPOSITION})?"
    rf" (?:{AUXILIARY}|who(?:m|se)?|which|what|when|where|why|how)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(rf" (?!{PREPOSITION} )\w")


def said_before(pronoun: re.Match[str]) -> str:
    """Return what a question says before the clause that a pronoun stands in; "" for nothing.

    In "What is the union and who leads it?" that is "What is the union", and in "When Lund met
    Holm, what did he say?" what stands before the comma.
    """
    before = pronoun.string[: pronoun.start()]
    if _OPENS.search(before):
        return before
    ends = [found.start() for found in _ASKS_ON.finditer(before)]
    if (front := _IN_FRONT.match(before)) and _is_clause(front):
        ends.append(front.end())
    return before[: max(ends, default=0)]


def _is_clause(front: re.Match[str]) -> bool:
    """Tell "After the union broke up, …" from "After the end of the union, …"."""
    if not front["also_preposition"]:
        return True
    subject = next(phrases(front["says"]), None)
    return (
        subject is not None
        and subject.start == 0
        and bool(_GOES_ON.match(front["says"], subject.end))
    )
