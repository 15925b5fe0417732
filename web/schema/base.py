"""What all shapes are made of: they validate requests, and describe both sides in OpenAPI."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

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


class Body(BaseModel):
    """Base of what is received: a field that is not described here is refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class Reply(BaseModel):
    """Base of what is sent: a field that is not described here is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Fault(Reply):
    """What went wrong: a stable code for programs, a message for people."""

    code: str
    message: str


class ErrorBody(Reply):
    """The body of every error."""

    error: Fault
