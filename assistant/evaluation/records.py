"""The records of an evaluation: what came of each question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.evaluation.causes import Cause
from assistant.records import Answer
from assistant.testsets.records import GoldQuestion
from index.records import Retriever


@dataclass(frozen=True, slots=True)
class Found:
    """What one retriever found for a question, best first."""

    documents: tuple[str, ...]  # as the test set names them, each once, by its best passage
    holds_answer: tuple[bool, ...]  # for each of the first passages: a gold answer stands in it
    in_place: tuple[bool, ...]  # and it belongs to the gold document


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """What came of one question of a test set."""

    question: GoldQuestion
    conversation: int = 0  # its place in the test set
    turn: int = 1  # within the conversation
    answer: Answer | None = None  # where the test set has answers to compare with
    best_answer: str | None = None  # with abstention off, of an answerable one that may be declined
    exact_citations: tuple[bool, ...] = ()  # for each citation: it slices its source to its quote
    placed_citations: tuple[bool, ...] = ()  # and, where the place is known: it falls on it
    cause: Cause | None = None  # of a miss
    found: Mapping[Retriever, Found] = field(default_factory=dict)
    seconds: float = 0.0  # that the assistant took
