"""The records of a test set, whatever format it came in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from index.records import Range

Qrels = Mapping[str, Mapping[str, int]]  # question id → document → grade, 0 for not relevant


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question and what is known of its answer."""

    id: str
    text: str
    answers: tuple[str, ...] | None  # () when unanswerable, None when the set does not say
    document: str | None = None  # where the answer stands: a corpus id, or a path
    kind: str | None = None
    sha256: str | None = None  # of the file that the ranges are of; None for any
    places: tuple[tuple[Range, ...], ...] = ()  # in that document's source: each one answer whole


@dataclass(frozen=True, slots=True)
class Conversation:
    """Questions asked one after another; a question on its own is a conversation of one turn."""

    turns: tuple[GoldQuestion, ...]


@dataclass(frozen=True, slots=True)
class CorpusDocument:
    """A document that comes with its test set."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class TestSet:
    """Questions with what is known of their answers, and the documents if the set has its own."""

    __test__ = False  # pytest would take the name for a test class

    name: str
    format: str
    conversations: tuple[Conversation, ...]
    qrels: Qrels
    documents: tuple[CorpusDocument, ...] | None = None

    @property
    def questions(self) -> tuple[GoldQuestion, ...]:
        """All questions, those of conversations included, in the order of the test set."""
        return tuple(turn for conversation in self.conversations for turn in conversation.turns)

    @property
    def has_unanswerable(self) -> bool:
        """Whether some question is known to have no answer in the documents."""
        return any(question.answers == () for question in self.questions)


def gold_document_qrels(conversations: Iterable[Conversation]) -> Qrels:
    """Judge each question's own document relevant, where the question has an answer in it."""
    return {
        turn.id: {turn.document: 1}
        for conversation in conversations
        for turn in conversation.turns
        if turn.document and turn.answers
    }
