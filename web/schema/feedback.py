"""The shapes of feedback: what a person says of an answer."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from assistant.conversation.feedback import Verdict
from web.schema.base import Body, Reply, SourceRange


class FeedbackRequest(Body):
    """A verdict; with ``here`` goes where in the documents the answer stands."""

    verdict: Verdict
    document_id: str | None = None
    source_ranges: Annotated[tuple[SourceRange, ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _check_place(self) -> FeedbackRequest:
        is_here = self.verdict is Verdict.HERE
        if (self.document_id is not None, bool(self.source_ranges)) != (is_here, is_here):
            raise PydanticCustomError(
                "place", "document_id and source_ranges go with the verdict 'here', and only there"
            )
        return self


class FeedbackKept(Reply):
    """What is kept of a turn's feedback."""

    verdict: Verdict
    quote: Annotated[str | None, Field(description="What the source says at the place given.")]
