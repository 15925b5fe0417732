"""Each commit has a mark, and documents, passages and vectors are sealed."""

from __future__ import annotations

from secrets import token_hex

from alembic import op
from sqlalchemy import Column, Integer, insert, select

from index.catalogue import tables
from index.catalogue.migrations.sealing import seal_rows, seal_vectors
from index.database.types import Text

revision, down_revision = "2", "1"
# As seals of this format cover them, in their order.
_DOCUMENT = (
    "id root path title media_type sha256 source_sha256 extractor quality published metadata "
    "page_count passage_count pages blocks alignment text"
).split()
_PASSAGE = "id document_id start end text sentences section".split()


def upgrade() -> None:
    """Mark the last commit, and seal what is there."""
    op.create_table(
        "commits",
        Column("generation", Integer, primary_key=True, autoincrement=False),
        Column("mark", Text, nullable=False),
    )
    connection = op.get_bind()
    for generation in connection.execute(select(tables.state.c.generation)).scalars().all():
        commit = insert(tables.commits).values(generation=generation, mark=token_hex(8))
        connection.execute(commit)
    seal_rows(tables.documents, "id", _DOCUMENT)
    seal_rows(tables.passages, "number", _PASSAGE)
    seal_vectors()
