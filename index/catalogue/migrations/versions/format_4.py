"""Searches on a server, a ledger of what is handed out to workers, a mark of uploads."""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, Integer

from index.database.types import Text

revision, down_revision = "4", "3"
_NUMBER = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Make the tables that searches beside the catalogue need, and the ledger."""
    op.add_column("state", Column("uploads", Text, nullable=False, server_default=""))
    _make_search_tables()
    op.create_table(
        "shards",
        Column("number", _NUMBER, primary_key=True, autoincrement=True),
        Column("run", Text, nullable=False),
        Column("files", JSON, nullable=False),
        Column("is_alone", Integer, nullable=False),
        Column("status", Text, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("worker", Text, nullable=False),
        Column("planned_at", Float, nullable=False),
        Column("finished_at", Float),
    )


def _make_search_tables() -> None:
    op.create_table(
        "statistics",
        Column("version", Integer, primary_key=True, autoincrement=False),
        Column("generation", Integer, nullable=False),
        Column("passages", Integer, nullable=False),
        Column("average_length", Float, nullable=False),
        Column("average_idf", Float, nullable=False),
    )
    op.create_table(
        "terms",
        Column("id", Integer, primary_key=True, autoincrement=True),
        Column("hash", BigInteger, nullable=False, unique=True),
        Column("frequency", Integer, nullable=False),
    )
    op.create_table(
        "collections",
        Column("name", Text, primary_key=True),
        Column("embedder", Text, nullable=False),
        Column("generation", Integer, nullable=False),
        Column("mark", Text, nullable=False),
        Column("is_searched", Boolean, nullable=False),
        Column("since", Float, nullable=False),
    )
