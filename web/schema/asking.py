"""The shapes of asking: a question, and its answer."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from assistant.records import LONGEST_QUESTION, Mode, Reason
from web.schema.base import Body, ConversationId, Probability, Reply, SourceRange

QuestionText = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=LONGEST_QUESTION, pattern=r"\S"
    ),
]


class AskRequest(Body):
    """A question, and within which bounds to answer it."""

    question: QuestionText
    conversation_id: ConversationId | None = None
    top_k: Annotated[int, Field(ge=1, le=50, description="Passages returned.")] = 5
    max_error: Annotated[
        float | None,
        Field(ge=0, le=1, allow_inf_nan=False, description="Accepted share of wrong answers."),
    ] = None
    as_written: Annotated[
        bool, Field(description="Take the question by itself, whatever was asked before.")
    ] = False
    documents: Annotated[
        tuple[str, ...],
        Field(max_length=1000, description="Ids of the documents to search; empty means all."),
    ] = ()


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
    published: Annotated[str | None, Field(description="The date that the document gives itself.")]
    modified_at: Annotated[
        str,
        Field(
            description="When its file was changed last.", json_schema_extra={"format": "date-time"}
        ),
    ]
    stale: Annotated[
        bool, Field(description="The file is gone, or has changed since this was read from it.")
    ]


class Alternative(Reply):
    """Another answer that the documents offer."""

    answer: Annotated[str, Field(description="Of a list all items.")]
    confidence: Probability
    citation: Annotated[Citation, Field(description="Of a list its first item's.")]


class NearPassage(Reply):
    """A passage that search found near the question."""

    document_id: str
    title: str
    path: str
    page: int | None
    section: list[str]
    text: str
    source_ranges: list[SourceRange]
    source_sha256: Annotated[
        str | None, Field(description="Of the source text; null in what an older version kept.")
    ] = None
    score: float
    rank: int
    retriever: str


class Understood(Reply):
    """The first event of an answer: what the question is taken for."""

    question: str
    understood_as: str
    conversation_id: ConversationId


class Found(Reply):
    """The second event of an answer: the passages that are read."""

    passages: list[NearPassage]


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
    documents: Annotated[
        tuple[str, ...],
        Field(description="Ids of the documents that were searched; empty means all."),
    ] = ()
    conversation_id: ConversationId
    turn: Annotated[
        int | None,
        Field(description="Its number in the conversation, from 1; null if it is not kept."),
    ]
