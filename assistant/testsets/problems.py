"""What can be wrong with a test set, under stable names."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Problem(StrEnum):
    """What is wrong with a question of a test set."""

    MALFORMED = "malformed"
    NOT_REVIEWED = "not_reviewed"
    REPEATED_ID = "repeated_id"
    DOCUMENT_NOT_FOUND = "document_not_found"
    DOCUMENT_CHANGED = "document_changed"
    ANSWER_NOT_FOUND = "answer_not_found"
    ANSWER_NOT_IN_PLACE = "answer_not_in_place"
    ANSWER_IN_QUESTION = "answer_in_question"
    REPEATED_QUESTION = "repeated_question"
    CONFLICTING_ANSWERS = "conflicting_answers"
    AMBIGUOUS_QUESTION = "ambiguous_question"
    UNCLEAR_QUESTION = "unclear_question"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with one question."""

    id: str  # the question's; where it has none, its place in the file
    kind: Problem
    message: str  # what is wrong, and what to do about it

    def as_json(self) -> dict[str, Any]:
        """Return the finding as it is written for programs."""
        return asdict(self)
