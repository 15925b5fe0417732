"""What people say of answers, kept beside the conversations that they belong to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from time import time
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from assistant.conversation.sealing import reading_kept, unseal
from assistant.conversation.tables import feedback, turns
from index.database import Database
from index.errors import UnknownConversationError
from index.records import Range


class Verdict(StrEnum):
    """What a person says of an answer, or of its absence."""

    RIGHT = "right"
    WRONG = "wrong"
    HERE = "here"  # the answer stands at a place that is given with it


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person says that the answer stands, and what it says there."""

    document_id: str
    path: str
    sha256: str  # of the file's bytes
    source_ranges: tuple[Range, ...]
    quote: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict; with ``HERE`` goes the place."""

    verdict: Verdict
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class JudgedTurn:
    """A question, the answer that was given and what was said of it."""

    conversation_id: str
    number: int  # from 1
    understood_as: str
    reply: Mapping[str, Any]  # as ``Answer.as_json`` gave it
    judgement: Judgement


class Feedback:
    """The judgements on the turns of all conversations; they are deleted with these.

    Args:
        database: The conversations'.

    Raises:
        IndexFolderError: The database cannot be used; every method may raise it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def give(self, conversation_id: str, turn: int, judgement: Judgement) -> None:
        """Keep a judgement in place of what was said of the turn before.

        Raises:
            UnknownConversationError: There is no such turn.
        """
        row = {"verdict": judgement.verdict.value, "given_at": time()} | _columns(judgement.place)
        given = insert(feedback).values(conversation_id=conversation_id, turn=turn, **row)
        with self._database.writing() as connection:
            _forget(connection, conversation_id, turn)
            connection.execute(given)

    def take_back(self, conversation_id: str, turn: int) -> None:
        """Forget what was said of a turn, if anything was.

        Raises:
            UnknownConversationError: There is no such turn.
        """
        with self._database.writing() as connection:
            _forget(connection, conversation_id, turn)

    def verdicts(self, conversation_id: str) -> dict[int, Verdict]:
        """Return the verdicts on a conversation's turns, by their number."""
        given = select(feedback.c.turn, feedback.c.verdict).where(
            feedback.c.conversation_id == conversation_id
        )
        with self._database.reading() as connection, reading_kept():
            return {turn: Verdict(verdict) for turn, verdict in connection.execute(given)}

    def judged(self) -> list[JudgedTurn]:
        """Return all turns that were judged, the last judgement last."""
        given = (
            select(turns.c.understood_as, turns.c.reply, feedback)
            .join_from(turns, feedback)
            .order_by(feedback.c.given_at, feedback.c.conversation_id, feedback.c.turn)
        )
        with self._database.reading() as connection, reading_kept():
            return [_judged(row) for row in connection.execute(given)]


def _forget(connection: Connection, conversation_id: str, turn: int) -> None:
    """Forget what was said of a turn; raises UnknownConversationError where there is none."""
    numbers = select(turns.c.number).where(turns.c.conversation_id == conversation_id)
    if turn not in connection.scalars(numbers).all():
        raise UnknownConversationError(
            f"the conversation has no turn {turn}: it may have been deleted"
        )
    of_turn = feedback.c.conversation_id == conversation_id, feedback.c.turn == turn
    connection.execute(delete(feedback).where(*of_turn))


def _columns(place: Place | None) -> dict[str, Any]:
    if place is None:
        return {field.name: None for field in fields(Place)}
    return asdict(place) | {"source_ranges": json.dumps(place.source_ranges)}


def _judged(row: Row[Any]) -> JudgedTurn:
    place = None
    if row.source_ranges is not None:
        ranges = tuple((start, end) for start, end in json.loads(row.source_ranges))
        place = Place(row.document_id, row.path, row.sha256, ranges, row.quote)
    judgement = Judgement(Verdict(row.verdict), place)
    return JudgedTurn(
        row.conversation_id, row.turn, row.understood_as, unseal(row.reply), judgement
    )
