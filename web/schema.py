"""The shapes of requests and replies: they validate the one, and describe both in OpenAPI."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from assistant.records import LONGEST_QUESTION, Mode, Reason

Probability = Annotated[float, Field(ge=0, le=1)]
SourceRange = Annotated[
    tuple[int, int], Field(description="Half-open, in characters of the source text.")
]


def _check_printable(text: str) -> str:
    if not text.isprintable():
        raise PydanticCustomError("not_printable", "Only printable characters are allowed")
    return text


ConversationId = Annotated[
    str,
    Field(min_length=1, max_length=128, description="Printable characters."),
    AfterValidator(_check_printable),
]
QuestionText = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=LONGEST_QUESTION, pattern=r"\S"
    ),
]


class AskRequest(BaseModel):
    """A question, and within which bounds to answer it."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    question: QuestionText
    conversation_id: ConversationId | None = None
    top_k: Annotated[int, Field(ge=1, le=50, description="Passages returned.")] = 5
    max_error: Annotated[
        float | None,
        Field(ge=0, le=1, allow_inf_nan=False, description="Accepted share of wrong answers."),
    ] = None
    documents: Annotated[
        list[str],
        Field(max_length=1000, description="Ids of the documents to search; empty means all."),
    ] = []


class Reply(BaseModel):
    """Base of what is sent: a field that is not described here is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Citation(Reply):
    """Where a quote stands: enough to slice it out of its source again."""

    number: int
    document_id: str
    title: str
    path: str
    sha256: Annotated[str, Field(description="Of the file's bytes.")]
    page: int | None
    section: list[str]
    quote: str
    sentence: str
    source_ranges: list[SourceRange]
    source_sha256: Annotated[str, Field(description="Of the source text as UTF-8.")]
    sentence_ranges: list[SourceRange]
    url: str


class Alternative(Reply):
    """Another answer that the documents offer."""

    answer: str
    confidence: Probability
    citation: Citation


class NearPassage(Reply):
    """A passage that search found near the question."""

    document_id: str
    title: str
    path: str
    page: int | None
    section: list[str]
    text: str
    source_ranges: list[SourceRange]
    score: float
    rank: int
    retriever: str


class AskResponse(Reply):
    """The reply to a question: a cited quote, or an abstention with what was near."""

    question: str
    understood_as: str
    answer: Annotated[str, Field(description="Empty when abstained.")]
    abstained: bool
    reason: Reason | None
    confidence: Annotated[Probability, Field(description="That the answer is right.")]
    mode: Mode
    citations: list[Citation]
    alternatives: list[Alternative]
    passages: list[NearPassage]
    generation: int
    timings_ms: dict[str, float]
    conversation_id: ConversationId


class DocumentSummary(Reply):
    """One indexed document, as a list shows it."""

    id: str
    root: str
    path: Annotated[str, Field(description="Relative to its root.")]
    title: str
    media_type: str
    sha256: Annotated[str, Field(description="Of the file's bytes.")]
    size: Annotated[int, Field(description="In bytes.")]
    pages: Annotated[int, Field(description="0 where the format has none.")]
    passages: int
    quality: Annotated[Probability, Field(description="How well its text was extracted.")]
    modified_at: datetime
    indexed_at: datetime
    published: str | None
    generation: Annotated[int, Field(description="That it was last committed with.")]


class DocumentList(Reply):
    """All indexed documents."""

    documents: list[DocumentSummary]
    generation: int


class Page(Reply):
    """One page: its half-open range of the source text, and its image."""

    number: int
    start: int
    end: int
    image: str


class Highlight(Reply):
    """One of the ranges asked for, and what it slices out of the source text."""

    start: int
    end: int
    text: str
    page: int | None
    section: list[str]


class DocumentDetail(Reply):
    """One document: its reading text, its pages and the ranges asked for."""

    id: str
    root: str
    path: str
    title: str
    media_type: str
    sha256: Annotated[str, Field(description="Of the file's bytes.")]
    source_sha256: Annotated[str, Field(description="Of the source text as UTF-8.")]
    source: Annotated[str, Field(description="Address of the source text.")]
    text: Annotated[str, Field(description="The reading text: cleaned, not what ranges slice.")]
    pages: list[Page]
    highlights: list[Highlight]
    extractor: str
    quality: Probability
    modified_at: datetime
    published: str | None
    metadata: dict[str, str]


class Health(Reply):
    """That the server answers, and from what."""

    status: str
    documents: int
    passages: int
    generation: int


class Fault(Reply):
    """What went wrong: a stable code for programs, a message for people."""

    code: str
    message: str


class ErrorBody(Reply):
    """The body of every error."""

    error: Fault
