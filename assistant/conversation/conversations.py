"""Conversations, kept in a database of their own beside the index's catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    delete,
    exists,
    func,
    insert,
    inspect,
    or_,
    select,
    update,
)

from assistant.conversation.sealing import seal, unseal
from assistant.conversation.tables import FORMAT, conversations, metadata, state, turns
from assistant.records import Answer, Turn
from index.database import Database
from index.database.places import CONVERSATIONS, place_of
from index.errors import IndexDamagedError, IndexVersionError, UnknownConversationError

CONVERSATIONS_FILE = "conversations.sqlite"  # where the setting names no database
LONGEST_TITLE = 200  # characters
_UNDERSTOOD_FROM = 8  # turns: what was said before them is no longer meant
_LISTED = 200  # conversations
_SEARCHED = 50  # words: SQLite bears no condition that is many times longer


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation, as a list shows it; times are seconds since 1970."""

    id: str
    title: str
    created_at: float
    updated_at: float
    turns: int


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """A question that was asked, and the answer to it as it was shown."""

    number: int  # from 1
    asked_at: float  # seconds since 1970
    reply: Mapping[str, Any]  # as ``Answer.as_json`` gave it, and the documents asked within


class Conversations:
    """All conversations, shared by all threads and processes.

    Args:
        folder: The index folder.
        catalogue: URL of the index's catalogue, beside which they lie; "" for the index folder.

    Raises:
        IndexVersionError: They were written by another version.
        IndexFolderError: The database cannot be opened; so may every method raise it.
    """

    def __init__(self, folder: Path, catalogue: str = "") -> None:
        self.database = Database(place_of(CONVERSATIONS, folder, catalogue))
        try:
            with self.database.writing() as connection:
                if not inspect(connection).has_table(state.name):
                    self.database.prepare(connection)
                    metadata.create_all(connection)
                    connection.execute(insert(state).values(format=FORMAT))
                older = update(state).where(state.c.format.in_((2, 3)))
                connection.execute(older.values(format=FORMAT))
                found = connection.execute(select(state.c.format)).scalar()
            if found != FORMAT:
                raise IndexVersionError(
                    f"{self.database.place} has format {found}, and this version reads format "
                    f"{FORMAT}: use the version that wrote it, or move them away"
                )
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close all connections."""
        self.database.close()

    def add(self, conversation_id: str, answer: Answer, documents: Sequence[str] = ()) -> int:
        """Keep what was asked last, and the answer that it got.

        Args:
            conversation_id: Of the conversation, which it may begin.
            answer: With the question.
            documents: Ids of those that it was sought within; none means all.

        Returns:
            The turn's number in its conversation, from 1.
        """
        now = time()
        last = select(func.max(turns.c.number)).where(turns.c.conversation_id == conversation_id)
        with self.database.writing() as connection:
            _begin_or_go_on(connection, conversation_id, answer.question, now)
            number: int = (connection.execute(last).scalar() or 0) + 1
            turn = insert(turns).values(
                conversation_id=conversation_id,
                number=number,
                asked_at=now,
                question=answer.question,
                understood_as=answer.understood_as,
                answer=answer.answer,
                reply=seal(answer.as_json() | {"documents": documents}),
            )
            connection.execute(turn)
        return number

    def history(self, conversation_id: str) -> tuple[Turn, ...]:
        """Return the turns that a follow-up question is understood from; none of one not begun."""
        latest = (
            select(turns.c.understood_as, turns.c.answer)
            .where(turns.c.conversation_id == conversation_id)
            .order_by(turns.c.number.desc())
            .limit(_UNDERSTOOD_FROM)
        )
        with self.database.reading() as connection:
            return tuple(reversed([Turn(*row) for row in connection.execute(latest)]))

    def find(self, search: str = "") -> list[Summary]:
        """Return the latest conversations, the last used first.

        Args:
            search: Words, each of which its title or any of its questions or answers holds, as
                part of a word at least; "" finds all.
        """
        of_it = turns.c.conversation_id == conversations.c.id
        counted = select(func.count()).where(of_it).scalar_subquery()
        found = (
            select(conversations, counted)
            .where(*map(_holds, search.split()[:_SEARCHED]))
            .order_by(conversations.c.updated_at.desc(), conversations.c.id)
            .limit(_LISTED)
        )
        with self.database.reading() as connection:
            return [Summary(*row) for row in connection.execute(found)]

    def read(self, conversation_id: str) -> tuple[Summary, tuple[KeptTurn, ...]]:
        """Return a conversation with all its turns.

        Raises:
            UnknownConversationError: There is none of that id.
            IndexDamagedError: An answer is not what was kept.
        """
        asked = (
            select(turns.c.number, turns.c.asked_at, turns.c.reply)
            .where(turns.c.conversation_id == conversation_id)
            .order_by(turns.c.number)
        )
        one = select(conversations).where(conversations.c.id == conversation_id)
        with self.database.reading() as connection:
            found = connection.execute(one).one_or_none()
            if found is None:
                raise _unknown()
            kept = tuple(
                KeptTurn(number, asked_at, unseal(reply))
                for number, asked_at, reply in connection.execute(asked)
            )
        id_, title, created_at, updated_at = found
        return Summary(id_, title, created_at, updated_at, len(kept)), kept

    def problems(self) -> list[str]:
        """Return what is wrong with the database and the answers in it, a line each."""
        problems = self.database.problems()
        asked = select(turns.c.conversation_id, turns.c.number, turns.c.reply)
        try:
            with self.database.reading() as connection:
                for conversation_id, number, reply in connection.execute(asked):
                    try:
                        unseal(reply)
                    except IndexDamagedError as error:
                        problems.append(f"turn {number} of conversation {conversation_id}: {error}")
        except IndexDamagedError as error:
            problems.append(str(error))
        return list(dict.fromkeys(problems))

    def rename(self, conversation_id: str, title: str) -> None:
        """Give a conversation another title.

        Raises:
            UnknownConversationError: There is none of that id.
        """
        one = conversations.c.id == conversation_id
        with self.database.writing() as connection:
            if not connection.execute(
                update(conversations).where(one).values(title=title)
            ).rowcount:
                raise _unknown()

    def delete(self, conversation_id: str) -> None:
        """Forget a conversation and all that was said of it.

        Raises:
            UnknownConversationError: There is none of that id.
        """
        one = conversations.c.id == conversation_id
        with self.database.writing() as connection:
            if not connection.execute(delete(conversations).where(one)).rowcount:
                raise _unknown()


def _holds(word: str) -> ColumnElement[bool]:
    """Return the condition that a conversation holds a word."""
    said = turns.c.question.icontains(word, autoescape=True) | turns.c.answer.icontains(
        word, autoescape=True
    )
    titled = conversations.c.title.icontains(word, autoescape=True)
    return or_(titled, exists().where(turns.c.conversation_id == conversations.c.id, said))


def _begin_or_go_on(
    connection: Connection, conversation_id: str, question: str, now: float
) -> None:
    """Note when a conversation was used last; the first question of a new one is its title."""
    one = conversations.c.id == conversation_id
    if not connection.execute(update(conversations).where(one).values(updated_at=now)).rowcount:
        title = " ".join(question.split())[:LONGEST_TITLE]
        begun = insert(conversations).values(
            id=conversation_id, title=title, created_at=now, updated_at=now
        )
        connection.execute(begun)


def _unknown() -> UnknownConversationError:
    return UnknownConversationError("there is no such conversation: it may have been deleted")
