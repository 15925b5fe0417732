"""Fixtures that every test may use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from zlib import crc32

import numpy as np
import pytest
from numpy.typing import NDArray

from index.embedding import Embedder


class HashingEmbedder:
    """Embeds a text as its bag of words, each word hashed to a signed dimension."""

    name = "hashing:64"
    dimension = 64
    max_tokens = 256

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(_words(text)) for text in texts]

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            row[0] = 1e-3  # a text without words has a direction too
            for word in _words(text):
                value = crc32(word.encode())
                row[value % self.dimension] += 1.0 if value & 0x10000 else -1.0
        lengths: NDArray[np.float32] = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / lengths


def _words(text: str) -> list[str]:
    return re.findall(r"\w+|[^\w\s]", text.casefold())


@pytest.fixture
def embedder() -> Embedder:
    """Embed without a model: the same text gives the same vector, shared words bring texts near."""
    return HashingEmbedder()
