"""Documents, passages and vectors."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    UniqueConstraint,
)

from index.database.types import Text, Utf8

revision, down_revision = "1", None
_NUMBER = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Make the tables of format 1."""
    _make_state()
    _make_documents()
    _make_passages()


def _make_state() -> None:
    op.create_table(
        "state",
        Column("id", Integer, primary_key=True),
        Column("format", Integer, nullable=False),
        Column("generation", Integer, nullable=False),
        Column("history", Integer, nullable=False),
        Column("embedder", Text, nullable=False),
        Column("dimension", Integer, nullable=False),
        Column("embedded_since", Integer, nullable=False),
    )
    op.create_table(
        "roots",
        Column("name", Text, primary_key=True),
        Column("path", Text, nullable=False, unique=True),
    )


def _make_documents() -> None:
    op.create_table(
        "documents",
        Column("id", Text, primary_key=True),
        Column("root", Text, ForeignKey("roots.name", ondelete="CASCADE"), nullable=False),
        *(
            Column(name, Text, nullable=False)
            for name in "path title media_type sha256 source_sha256 extractor".split()
        ),
        Column("quality", Float, nullable=False),
        Column("modified_at", Float, nullable=False),
        Column("published", Text),
        Column("metadata", JSON, nullable=False),
        *(
            Column(name, BigInteger, nullable=False)
            for name in "size mtime_ns ctime_ns seen_ns".split()
        ),
        Column("embedder", Text, nullable=False),
        Column("generation", Integer, nullable=False),
        Column("indexed_at", Float, nullable=False),
        Column("page_count", Integer, nullable=False),
        Column("passage_count", Integer, nullable=False),
        Column("pages", LargeBinary, nullable=False),
        Column("blocks", JSON, nullable=False),
        Column("alignment", LargeBinary, nullable=False),
        Column("text", Utf8, nullable=False),
        Column("source_text", Utf8, nullable=False),
        UniqueConstraint("root", "path"),
    )
    op.create_table(
        "hidden",
        Column("root", Text, ForeignKey("roots.name", ondelete="CASCADE"), primary_key=True),
        Column("path", Text, primary_key=True),
    )


def _make_passages() -> None:
    document = ForeignKey("documents.id", ondelete="CASCADE")
    op.create_table(
        "passages",
        Column("number", _NUMBER, primary_key=True, autoincrement=True),
        Column("id", Text, nullable=False),
        Column("document_id", Text, document, nullable=False),
        Column("start", Integer, nullable=False),
        Column("end", Integer, nullable=False),
        Column("text", Utf8, nullable=False),
        Column("sentences", LargeBinary, nullable=False),
        Column("section", JSON, nullable=False),
        Column("key", LargeBinary),
        Column("generation", Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    passage = ForeignKey("passages.number", ondelete="CASCADE")
    op.create_table(
        "vectors",
        Column("number", _NUMBER, passage, primary_key=True, autoincrement=False),
        Column("vector", LargeBinary, nullable=False),
    )
    op.create_table(
        "removed",
        Column("number", _NUMBER, primary_key=True, autoincrement=False),
        Column("added", Integer, nullable=False),
        Column("generation", Integer, nullable=False),
    )
    op.create_index("passages_of_document", "passages", ["document_id"])
    op.create_index("passages_by_generation", "passages", ["generation"])
    op.create_index("passages_by_key", "passages", ["key"])
    op.create_index("removed_by_generation", "removed", ["generation"])
