"""The shapes of what is told to those who keep the server running."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from web.schema.base import Reply

_TOLD = "Told to those alone who may ask questions."


class Health(Reply):
    """That the server answers, and from what."""

    status: Literal["ok"]
    documents: Annotated[int | None, Field(description=_TOLD)] = None
    passages: Annotated[int | None, Field(description=_TOLD)] = None
    generation: Annotated[int | None, Field(description=_TOLD)] = None


class Ready(Reply):
    """That questions may be sent."""

    status: Literal["ready"]
