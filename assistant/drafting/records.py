"""The records of drafting: a question with the answer that it was made for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from index.records import Range


class Kind(StrEnum):
    """What a question asks for."""

    WHEN = "when"
    WHERE = "where"
    WHO = "who"
    WHICH = "which"
    HOW_MANY = "how many"
    HOW_LONG = "how long"
    HOW_OFTEN = "how often"
    HOW_MUCH = "how much"
    WHY = "why"
    WHAT = "what"
    LETTERS = "letters"  # what they stand for


class Asked(NamedTuple):
    """A question, and the half-open range of the reading text that answers it."""

    kind: Kind
    question: str
    answer: Range


@dataclass(frozen=True, slots=True)
class Draft:
    """A question drafted from a document, and the half-open range of its text that answers it."""

    kind: Kind
    question: str
    answer: str  # what the range says
    document_id: str
    start: int
    end: int
