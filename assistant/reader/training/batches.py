"""Training data → batches of windows with the places of their answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

import numpy as np

from assistant.reader.training.examples import TrainingData
from assistant.reader.training.negatives import NegativeMiner
from assistant.reader.training.settings import TrainingSettings
from assistant.reader.windows import Pair, Window, Windower
from index.records import Range

_SORTED_TOGETHER = 64  # batches: pairs of like length are read together, to pad little
_NO_ANSWER = 0  # the position of the first token, which stands for it


class Draw(NamedTuple):
    """A question and the passage that it is read with: its own or a negative."""

    question: int
    passage: int


@dataclass(frozen=True, slots=True)
class Example:
    """A window, and the tokens at which a right answer starts and ends."""

    window: Window
    starts: tuple[int, ...]
    ends: tuple[int, ...]


class Batches:
    """The batches of a training run, which depend on nothing but data and settings."""

    def __init__(
        self,
        data: TrainingData,
        windower: Windower,
        miner: NegativeMiner,
        settings: TrainingSettings,
    ) -> None:
        self._data = data
        self._windower = windower
        self._miner = miner
        self._settings = settings
        self._question_tokens = windower.count_tokens([q.text for q in data.questions])
        self._passage_tokens = windower.count_tokens(
            [f"{passage.title}\n{passage.text}" for passage in data.passages]
        )
        questions = len(data.questions)
        self._negatives = round(settings.negatives * questions)
        self._steps_a_pass = -(-(questions + self._negatives) // settings.batch_size)
        self.steps = round(settings.passes * self._steps_a_pass)

    def after(self, step: int) -> Iterator[list[Example]]:
        """Yield the batches that follow a step, in order, up to the last."""
        while step < self.steps:
            number = step // self._steps_a_pass
            batches = self._batches_of_pass(number)
            last = min(len(batches), self.steps - number * self._steps_a_pass)
            for at in range(step % self._steps_a_pass, last):
                # Not the same window of a long passage in every pass, but the same in every run.
                yield self._examples(batches[at], Random(f"{self._settings.seed} {step} window"))
                step += 1

    def _batches_of_pass(self, number: int) -> list[list[Draw]]:
        random = Random(f"{self._settings.seed} {number} pass")
        draws = [Draw(at, question.passage) for at, question in enumerate(self._data.questions)]
        negatives = sorted(random.sample(range(len(draws)), self._negatives))
        draws += [Draw(at, self._miner.draw(at, random)) for at in negatives]
        random.shuffle(draws)
        size = self._settings.batch_size
        batches = []
        for pool in _slices(draws, _SORTED_TOGETHER * size):
            shuffled = list(_slices(sorted(pool, key=self._length), size))
            random.shuffle(shuffled)
            batches += shuffled
        return batches

    def _length(self, draw: Draw) -> int:
        tokens = self._question_tokens[draw.question] + self._passage_tokens[draw.passage]
        return min(tokens, self._settings.max_tokens)

    def _examples(self, draws: Sequence[Draw], random: Random) -> list[Example]:
        pairs = []
        for draw in draws:
            passage = self._data.passages[draw.passage]
            pairs.append(
                Pair(self._data.questions[draw.question].text, passage.title, passage.text)
            )
        windows: list[list[Example]] = [[] for _ in draws]
        for window in self._windower.windows(pairs):
            question = self._data.questions[draws[window.pair].question]
            is_own = draws[window.pair].passage == question.passage
            windows[window.pair].append(_example(window, question.answers if is_own else ()))
        return [_choose(of_pair, random) for of_pair in windows]


def _slices(draws: Sequence[Draw], size: int) -> Iterator[list[Draw]]:
    for start in range(0, len(draws), size):
        yield list(draws[start : start + size])


def _example(window: Window, answers: Sequence[Range]) -> Example:
    """Find the tokens of the answers that a window holds whole."""
    places = []
    for start, end in answers:
        first = int(np.searchsorted(window.ends, start, side="right"))
        last = int(np.searchsorted(window.starts, end, side="left")) - 1
        if first <= last and window.starts[0] <= start and end <= window.ends[-1]:
            places.append((int(window.tokens[first]), int(window.tokens[last])))
    starts, ends = zip(*places, strict=True) if places else ((_NO_ANSWER,), (_NO_ANSWER,))
    return Example(window, starts, ends)


def _choose(examples: Sequence[Example], random: Random) -> Example:
    """Take one window of a pair, one that holds the answer if some do."""
    answering = [example for example in examples if example.starts[0] != _NO_ANSWER]
    return random.choice(answering or examples)
