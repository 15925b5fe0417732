"""The tables of the conversations' database."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    Table,
)

from index.database.types import Text

FORMAT = 4  # of the tables below; in 2 replies were not sealed, in 3 without documents

metadata = MetaData()

state = Table("state", metadata, Column("format", Integer, primary_key=True))

conversations = Table(
    "conversations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("created_at", Float, nullable=False),  # seconds since 1970
    Column("updated_at", Float, nullable=False),  # when the last question was asked
)

turns = Table(
    "turns",
    metadata,
    Column(
        "conversation_id",
        ForeignKey("conversations.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("number", Integer, primary_key=True),  # from 1
    Column("asked_at", Float, nullable=False),
    Column("question", Text, nullable=False),
    Column("understood_as", Text, nullable=False),
    Column("answer", Text, nullable=False),  # "" when declined
    Column("reply", Text, nullable=False),  # the whole answer as JSON
)

feedback = Table(
    "feedback",
    metadata,
    Column("conversation_id", Text, primary_key=True),
    Column("turn", Integer, primary_key=True),
    Column("verdict", Text, nullable=False),
    Column("given_at", Float, nullable=False),
    # Where the answer stands, as far as the verdict says so; the ranges as JSON.
    Column("document_id", Text),
    Column("path", Text),
    Column("sha256", Text),
    Column("source_ranges", Text),
    Column("quote", Text),
    ForeignKeyConstraint(
        ["conversation_id", "turn"],
        ["turns.conversation_id", "turns.number"],
        ondelete="CASCADE",
    ),
)
