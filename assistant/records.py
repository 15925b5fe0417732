"""The records of asking: a question, the spans read, and the answer with its citations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from index.records import Hit, Range

LONGEST_QUESTION = 2_000  # characters


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question, as it was understood, and the answer that it got ("" when declined)."""

    question: str
    answer: str


NEVER_ABSTAIN = 1.0  # as a question's max_error: every share of wrong answers is accepted


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks, and within which bounds."""

    text: str
    top_k: int = 5  # passages returned
    max_error: float | None = None  # accepted share of wrong answers, 0 to 1
    documents: tuple[str, ...] = ()  # ids to search within; empty means all
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A candidate answer: a half-open range of its document's reading text."""

    start: int
    end: int
    score: float
    hit: Hit
    items: tuple[Range, ...] = ()  # what is quoted instead, where the answer is a list


class Mode(StrEnum):
    """How passages were found: by both searches, or by keywords alone."""

    HYBRID = "hybrid"
    KEYWORDS = "keywords"


class Reason(StrEnum):
    """Why the assistant declines to answer."""

    NOTHING_NEAR = "nothing_near"
    NOT_ANSWERED = "not_answered"
    DISAGREEMENT = "disagreement"

    @property
    def in_words(self) -> str:
        """What a person is told."""
        return _IN_WORDS[self]


_IN_WORDS = MappingProxyType(
    {
        Reason.NOTHING_NEAR: "The documents do not speak of this.",
        Reason.NOT_ANSWERED: "The documents come near this, but do not answer it.",
        Reason.DISAGREEMENT: "The documents disagree about this.",
    }
)


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a quote stands: enough to slice it out of its source again."""

    number: int
    document_id: str
    title: str
    path: str
    sha256: str  # of the file's bytes
    page: int | None  # of the quote's first character
    section: tuple[str, ...]
    quote: str
    sentence: str  # always holds the quote
    source_ranges: tuple[Range, ...]
    source_sha256: str  # of the source text that the ranges slice
    sentence_ranges: tuple[Range, ...]
    url: str
    published: str | None  # the date that the document gives itself
    modified_at: str  # when its file was changed last, ISO 8601
    stale: bool = False  # the file is gone, or has changed since it was indexed


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another answer that the documents offer."""

    answer: str  # all items of a list
    confidence: float
    citation: Citation  # of a list's first item


@dataclass(frozen=True, slots=True)
class NearPassage:
    """A passage that search found near the question, as it is shown."""

    document_id: str
    title: str
    path: str
    page: int | None
    section: tuple[str, ...]
    text: str
    source_ranges: tuple[Range, ...]
    source_sha256: str  # of the source text that the ranges slice
    score: float
    rank: int
    retriever: str


@dataclass(frozen=True, slots=True)
class Understood:
    """What a question is taken for, told before it is searched."""

    question: str
    understood_as: str


@dataclass(frozen=True, slots=True)
class Found:
    """The passages near a question, told before they are read."""

    passages: tuple[NearPassage, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply to a question: a cited quote, or an abstention with what was near."""

    question: str
    understood_as: str
    answer: str  # "" when abstained
    abstained: bool
    reason: Reason | None
    confidence: float  # probability that the answer is right
    mode: Mode
    citations: tuple[Citation, ...]
    alternatives: tuple[Alternative, ...]
    passages: tuple[NearPassage, ...]
    generation: int
    timings_ms: Mapping[str, float]  # embed, search, read, total

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``ask --json`` prints and ``POST /ask`` returns."""
        return asdict(self)
