"""Searches on a server: frozen statistics, the ids of terms, and how far collections have come."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Float, Integer

from index.database.types import Text

revision, down_revision = "4", "3"


def upgrade() -> None:
    """Make the tables that searches beside the catalogue need."""
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
