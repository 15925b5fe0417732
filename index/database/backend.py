"""What each kind of database does in its own way."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from index.errors import AssistantError

Remedy = tuple[type[AssistantError], str]  # what is raised, and what somebody can do


class Backend(Protocol):
    """The connections to one place of one kind; what fails is raised as the driver's error."""

    def reading(self) -> AbstractContextManager[Connection]:
        """Begin a transaction that sees one state."""

    def writing(self) -> AbstractContextManager[Connection]:
        """Begin a transaction beside which there is no other that writes."""

    def prepare(self, connection: Connection) -> None:
        """Make the place for tables."""

    def problems(self, connection: Connection) -> list[str]:
        """Return what the database finds wrong with itself, a line each."""

    def remedy(self, error: DBAPIError) -> Remedy | None:
        """Return what is to be done about an error; None where it is our own mistake."""

    def close(self) -> None:
        """Close all connections."""
