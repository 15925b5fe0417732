"""Hard negatives: passages that search finds for a question and that do not answer it."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import numpy as np

from assistant.reader.training.examples import TrainingData
from index.keywords import KeywordIndex
from index.terms import query_terms, terms

_FOUND = 20  # passages searched for each question
_KEPT = 4  # of those of its article and of the others, as long as they are not enough
_SAME_ARTICLE = 0.75  # of the negatives, where there are such


class NegativeMiner:
    """Draws passages near a question that hold none of its answers."""

    def __init__(self, data: TrainingData) -> None:
        self._data = data
        self._folded = [passage.text.casefold() for passage in data.passages]
        self._index = KeywordIndex()
        self._index.add(
            np.arange(len(data.passages)),
            [terms(f"{passage.title}\n{passage.text}") for passage in data.passages],
        )

    def draw(self, number: int, random: Random) -> int:
        """Return a passage that does not answer a question.

        Args:
            number: The question's.
            random: What chooses among the nearest passages.
        """
        question = self._data.questions[number]
        title = self._data.passages[question.passage].title
        near: dict[bool, list[int]] = {True: [], False: []}
        for passage in self._near(number):
            is_same_article = bool(title) and self._data.passages[passage].title == title
            near[is_same_article].append(passage)
        prefers_article = random.random() < _SAME_ARTICLE
        chosen = near[prefers_article] or near[not prefers_article]
        if chosen:
            return random.choice(chosen[:_KEPT])
        others = [at for at in range(len(self._data.passages)) if at != question.passage]
        return random.choice(others or [question.passage])

    def _near(self, number: int) -> Iterator[int]:
        question = self._data.questions[number]
        own = self._data.passages[question.passage].text
        answers = [own[start:end].casefold() for start, end in question.answers]
        found, _ = self._index.search(query_terms(question.text), _FOUND)
        for passage in found.tolist():
            text = self._folded[passage]
            if passage != question.passage and not any(answer in text for answer in answers):
                yield passage
