"""A reader that knows what to answer, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.records import Span
from index.records import Hit


class KnownAnswers:
    """Reads known quotes, each with its logit; to any other question it finds nothing."""

    name = "known answers"

    def __init__(self, answers: Mapping[str, tuple[str, float]]) -> None:
        self._answers = answers
        self.asked: list[str] = []

    def read(self, question: str, hits: Sequence[Hit], idf: Mapping[str, float]) -> list[Span]:
        self.asked.append(question)
        quote, score = self._answers.get(question, ("\0", 0.0))
        found = ((hit, hit.passage.text.find(quote)) for hit in hits)
        return [
            Span(hit.passage.start + at, hit.passage.start + at + len(quote), score, hit)
            for hit, at in found
            if at >= 0
        ]
