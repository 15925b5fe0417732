from __future__ import annotations

from pathlib import Path
from random import Random

from assistant.reader.training.examples import (
    TrainingData,
    TrainingPassage,
    TrainingQuestion,
    read_training_data,
)
from assistant.reader.training.negatives import NegativeMiner


def test_negatives_are_another_passage_and_hold_no_answer(bridges: Path) -> None:
    data, _ = read_training_data([bridges], most_per_passage=10, seed=7)
    miner, random = NegativeMiner(data), Random(1)
    for number, question in enumerate(data.questions):
        ((start, end),) = question.answers
        answer = data.passages[question.passage].text[start:end]
        for _ in range(5):
            drawn = miner.draw(number, random)
            assert drawn != question.passage
            assert answer not in data.passages[drawn].text


def test_negatives_are_mostly_of_the_same_article() -> None:
    texts = ("The bridge was built by Dora.", "The old bridge fell.", "A bridge far away fell.")
    passages = [TrainingPassage("Port", texts[0]), TrainingPassage("Port", texts[1])]
    passages.append(TrainingPassage("Isle", texts[2]))
    question = TrainingQuestion("Who built the bridge?", 0, ((24, 28),))
    miner, random = NegativeMiner(TrainingData(tuple(passages), (question,), ())), Random(1)
    drawn = [miner.draw(0, random) for _ in range(400)]
    assert set(drawn) == {1, 2}
    assert 0.65 < drawn.count(1) / len(drawn) < 0.85
