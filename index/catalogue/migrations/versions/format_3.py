"""Roots are sealed."""

from __future__ import annotations

from index.catalogue import tables
from index.catalogue.migrations.sealing import seal_rows

revision, down_revision = "3", "2"


def upgrade() -> None:
    """Seal the roots that are there."""
    seal_rows(tables.roots, "name", ["name", "path"])
