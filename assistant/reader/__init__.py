"""Hits → spans: what in the passages answers the question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from assistant.records import Span
from index.records import Hit


class Reader(Protocol):
    """Finds the answers to a question in the passages that search found."""

    @property
    def name(self) -> str:
        """The model: readers of one name give the same scores, but for rounding."""

    def read(self, question: str, hits: Sequence[Hit], idf: Mapping[str, float]) -> list[Span]:
        """Return candidate answers, best first.

        Args:
            question: The question as it was understood.
            hits: The passages to read.
            idf: How rare each search term of the question is in the index.

        Returns:
            Spans whose ``score`` is the log odds that they answer the question, as far as the
            reader can tell; a Calibration makes probabilities of them.
        """
        ...
