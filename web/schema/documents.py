"""The shapes of documents."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from web.schema.base import Body, Probability, Reply


class Upload(Body):
    """A file to be indexed."""

    file: Annotated[bytes, Field(description="With its name, of which the suffix says the format.")]


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
    stale: Annotated[
        bool, Field(description="The file is gone, or has changed since it was indexed.")
    ]
    uploaded: Annotated[
        bool, Field(description="It was sent here; its file goes when it is removed.")
    ]


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
