"""How well a trained model reads questions that it was not trained on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean

import numpy as np

from assistant.evaluation.metrics import exact_match, f1
from assistant.reader.model import ReadWindow, SpanModel
from assistant.reader.training.examples import TrainingData, TrainingQuestion
from assistant.reader.windows import Pair

_MOST = 1000  # questions: more take minutes and change little
_TOGETHER = 32  # questions read at once
_LONGEST = 48  # tokens of an answer


@dataclass(frozen=True, slots=True)
class Scores:
    """Means over questions that have an answer, each read with its own passage alone."""

    questions: int
    exact_match: float
    f1: float


def score(model: SpanModel, data: TrainingData, *, seed: int) -> Scores | None:
    """Score the best span of each question's passage; None where no question has an answer.

    Args:
        model: What was trained.
        data: Questions that it has not seen.
        seed: Of the sample that is taken of many.
    """
    asked = [question for question in data.questions if question.answers]
    if not asked:
        return None
    asked = Random(seed).sample(asked, min(_MOST, len(asked)))
    exact, partial = [], []
    for question, answer in zip(asked, _answers(model, data, asked), strict=True):
        text = data.passages[question.passage].text
        golds = [text[start:end] for start, end in question.answers]
        exact.append(exact_match(answer, golds))
        partial.append(f1(answer, golds))
    return Scores(len(asked), fmean(exact), fmean(partial))


def _answers(
    model: SpanModel, data: TrainingData, questions: Sequence[TrainingQuestion]
) -> Iterator[str]:
    for start in range(0, len(questions), _TOGETHER):
        pairs = []
        for question in questions[start : start + _TOGETHER]:
            passage = data.passages[question.passage]
            pairs.append(Pair(question.text, passage.title, passage.text))
        windows: list[list[ReadWindow]] = [[] for _ in pairs]
        for read in model.read(pairs):
            windows[read.window.pair].append(read)
        for pair, of_pair in zip(pairs, windows, strict=True):
            _, first, last = max(map(_best_span, of_pair))
            yield pair.text[first:last]


def _best_span(read: ReadWindow) -> tuple[float, int, int]:
    """Return the highest sum of a start's and an end's logit, and where that span stands."""
    tokens = len(read.start)
    if not tokens:
        return -np.inf, 0, 0
    # (tokens, tokens): ends at or after their start, and not too far.
    is_span = np.tri(tokens, k=_LONGEST - 1, dtype=bool) & np.tri(tokens, dtype=bool).T
    sums = np.where(is_span, read.start[:, None] + read.end, -np.inf)
    first, last = np.unravel_index(sums.argmax(), sums.shape)
    window = read.window
    return float(sums[first, last]), int(window.starts[first]), int(window.ends[last])
