from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.reader.training.batches import Batches, Example
from assistant.reader.training.examples import read_training_data
from assistant.reader.training.negatives import NegativeMiner
from assistant.reader.training.settings import TrainingSettings
from assistant.reader.windows import Windower

SETTINGS = TrainingSettings(passes=2, batch_size=4, max_tokens=40, stride=8, negatives=0.5)


def batches(path: Path, encoder: Path, settings: TrainingSettings = SETTINGS) -> Batches:
    data, _ = read_training_data([path], most_per_passage=10, seed=7)
    windower = Windower(encoder, max_tokens=settings.max_tokens, stride=settings.stride)
    return Batches(data, windower, NegativeMiner(data), settings)


@pytest.fixture
def long_passage(tmp_path: Path) -> tuple[Path, str]:
    """Write a question whose answer stands far into a long passage."""
    text = "The ferry is old. " * 40 + "It was built by berta holm in 1850. " + "A port. " * 40
    answer = {"text": "berta holm", "answer_start": text.index("berta")}
    paragraph = {"context": text, "qas": [{"question": "Who built it?", "answers": [answer]}]}
    path = tmp_path / "long.json"
    path.write_text(json.dumps({"data": [{"title": "", "paragraphs": [paragraph]}]}))
    return path, text


def quotes(example: Example, text: str) -> set[str]:
    window = example.window
    tokens = window.tokens.tolist()
    return {
        text[window.starts[tokens.index(first)] : window.ends[tokens.index(last)]]
        for first, last in zip(example.starts, example.ends, strict=True)
    }


def test_answers_place_in_tokens_says_the_answer(
    long_passage: tuple[Path, str], encoder: Path
) -> None:
    path, text = long_passage
    settings = replace(SETTINGS, negatives=0, passes=8)
    examples = [e for batch in batches(path, encoder, settings).after(0) for e in batch]
    assert len(examples) == 8
    assert all(quotes(example, text) == {"berta holm"} for example in examples)


def test_every_question_is_read_once_a_pass_and_some_with_a_negative(
    bridges: Path, encoder: Path
) -> None:
    made = batches(bridges, encoder)
    examples = [example for batch in made.after(0) for example in batch]
    assert made.steps == 2 * 9  # 22 questions and 11 negatives, four at a time
    assert len(examples) == 2 * 33
    assert sum(example.starts == (0,) for example in examples) == 2 * 11


def test_batches_after_a_step_are_those_that_would_have_followed(
    bridges: Path, encoder: Path
) -> None:
    whole = list(batches(bridges, encoder).after(0))
    rest = list(batches(bridges, encoder).after(11))
    assert [[e.window.ids for e in b] for b in rest] == [
        [e.window.ids for e in b] for b in whole[11:]
    ]
    assert [[e.starts for e in b] for b in rest] == [[e.starts for e in b] for b in whole[11:]]
