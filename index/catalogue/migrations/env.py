"""What Alembic runs around revisions: on the connection that it is given, in its transaction."""

from __future__ import annotations

from alembic import context

from index.catalogue import tables

context.configure(
    connection=context.config.attributes["connection"], target_metadata=tables.metadata
)
context.run_migrations()
