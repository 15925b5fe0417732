"""Documents and vectors made up for measuring."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from index.documents import make_document
from index.embedding import load_embedder
from index.records import BlockKind, Document, Extraction, SourceBlock

_CENTRES = 2_000
_SPREAD = 0.7  # of the vectors around a centre, against its length


class RandomEmbedder:
    """Gives texts vectors of the usual size at no cost: what is measured is the index.

    They lie around centres, as those of real texts do; without, no approximate index is of use.
    """

    dimension = 384
    max_tokens = 256

    def __init__(self) -> None:
        self.name = load_embedder().name  # whose questions then search these vectors
        self._random = np.random.default_rng(0)
        self._centres = self._normal(_CENTRES) / np.sqrt(self.dimension)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Guess how many word pieces texts have."""
        return [2 * text.count(" ") for text in texts]

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return vectors of length 1, shape (texts, dimension)."""
        around = self._centres[self._random.integers(_CENTRES, size=len(texts))]
        vectors = around + _SPREAD / np.sqrt(self.dimension) * self._normal(len(texts))
        lengths: NDArray[np.float32] = np.linalg.norm(vectors, axis=1, keepdims=True)
        normalised: NDArray[np.float32] = (vectors / lengths).astype(np.float32)
        return normalised

    def _normal(self, count: int) -> NDArray[np.float32]:
        return self._random.standard_normal((count, self.dimension), dtype=np.float32)


def document(path: str, paragraphs: Sequence[str], *, title: str = "") -> Document:
    """Make a document of paragraphs, without a file."""
    text = "\n\n".join(paragraphs)
    ends = [*accumulate(len(paragraph) + 2 for paragraph in paragraphs)]
    blocks = tuple(
        SourceBlock(BlockKind.PARAGRAPH, ((start, end - 2),)) for start, end in pairwise([0, *ends])
    )
    extraction = Extraction(text, blocks, "text/plain", "random/1", title)
    return make_document(extraction, root="random", path=path, sha256="")
