"""Stand-ins for the models: no weights, and the same answer every time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from assistant.records import Span
from index.records import Hit
from index.terms import terms


class HashingEmbedder:
    """Embeds a text as its bag of words, each word hashed to a signed dimension."""

    name = "hashing:64"
    dimension = 64
    max_tokens = 256

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count words and marks."""
        return [len(_words(text)) for text in texts]

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return normalised vectors, (texts, dimension)."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            row[0] = 1e-3  # a text without words has a direction too
            for word in _words(text):
                value = crc32(word.encode())
                row[value % self.dimension] += 1.0 if value & 0x10000 else -1.0
        lengths: NDArray[np.float32] = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / lengths


class SharedWordsReader:
    """Answers with whole sentences, the surer the more of the question's rare terms they hold."""

    name = "shared words"

    def read(self, question: str, hits: Sequence[Hit], idf: Mapping[str, float]) -> list[Span]:
        """Return the sentences of the hits, the surest first."""
        spans = []
        for hit in hits:
            for start, end in hit.passage.sentences:
                text = hit.passage.text[start - hit.passage.start : end - hit.passage.start]
                shared = set(idf) & set(terms(text))
                score = 8.0 * len(shared) / max(1, len(idf)) - 4.0
                spans.append(Span(start, end, score, hit))
        return sorted(spans, key=lambda span: (-span.score, span.hit.rank, span.start))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+|[^\w\s]", text.casefold())
