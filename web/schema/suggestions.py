"""The shapes of suggested questions."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from web.schema.base import Reply


class SuggestedQuestion(Reply):
    """A question that the documents answer."""

    question: str
    document_id: Annotated[str, Field(description="Where its answer stands.")]
    title: str


class SuggestionList(Reply):
    """Questions to begin with, best first."""

    questions: list[SuggestedQuestion]
    generation: Annotated[int, Field(description="Of the index that they were made from.")]
    pending: Annotated[bool, Field(description="Newer ones are being made: ask again in a second.")]
