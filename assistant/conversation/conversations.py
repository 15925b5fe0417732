"""Conversations, kept in a database of their own beside the index's catalogue."""

from __future__ import annotations

from pathlib import Path
from time import time

from sqlalchemy import (
    Column,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    func,
    insert,
    inspect,
    select,
)

from assistant.records import Answer, Turn
from index.database import Database
from index.errors import IndexVersionError

CONVERSATIONS_FILE = "conversations.sqlite"
_FORMAT = 1  # of the tables below
_UNDERSTOOD_FROM = 8  # turns: what was said before them is no longer meant

_metadata = MetaData()
_state = Table("state", _metadata, Column("format", Integer, primary_key=True))
_turns = Table(
    "turns",
    _metadata,
    Column("conversation_id", String, primary_key=True),
    Column("number", Integer, primary_key=True),  # from 1
    Column("asked_at", Float, nullable=False),  # seconds since 1970
    Column("question", String, nullable=False),
    Column("understood_as", String, nullable=False),
    Column("answer", String, nullable=False),  # "" when declined
)


class Conversations:
    """The turns of all conversations, shared by all threads and processes.

    Args:
        folder: The index folder.

    Raises:
        IndexVersionError: They were written by another version.
        IndexFolderError: The database cannot be opened; so may every method raise it.
    """

    def __init__(self, folder: Path) -> None:
        self._database = Database(folder / CONVERSATIONS_FILE)
        try:
            with self._database.writing() as connection:
                if not inspect(connection).has_table("state"):
                    _metadata.create_all(connection)
                    connection.execute(insert(_state).values(format=_FORMAT))
                found = connection.execute(select(_state.c.format)).scalar()
            if found != _FORMAT:
                raise IndexVersionError(
                    f"{self._database.path} has format {found}, and this version reads format "
                    f"{_FORMAT}: use the version that wrote it, or move the file away"
                )
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    def add(self, conversation_id: str, answer: Answer) -> None:
        """Keep what was asked last, and the answer that it got."""
        last = select(func.max(_turns.c.number)).where(_turns.c.conversation_id == conversation_id)
        with self._database.writing() as connection:
            number = (connection.execute(last).scalar() or 0) + 1
            turn = insert(_turns).values(
                conversation_id=conversation_id,
                number=number,
                asked_at=time(),
                question=answer.question,
                understood_as=answer.understood_as,
                answer=answer.answer,
            )
            connection.execute(turn)

    def history(self, conversation_id: str) -> tuple[Turn, ...]:
        """Return the turns that a follow-up question is understood from; none of one not begun."""
        latest = (
            select(_turns.c.understood_as, _turns.c.answer)
            .where(_turns.c.conversation_id == conversation_id)
            .order_by(_turns.c.number.desc())
            .limit(_UNDERSTOOD_FROM)
        )
        with self._database.reading() as connection:
            turns = [Turn(*row) for row in connection.execute(latest)]
        return tuple(reversed(turns))
