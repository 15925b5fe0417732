"""Fixtures that every test may use."""

from __future__ import annotations

import pytest

from index.embedding import Embedder
from torture.models import HashingEmbedder


@pytest.fixture
def embedder() -> Embedder:
    """Embed without a model: the same text gives the same vector, shared words bring texts near."""
    return HashingEmbedder()
