from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from assistant.reader.training.examples import DataFile, TrainingData, read_training_data
from index.errors import TestSetError


def read(path: Path, *, most_per_passage: int = 10) -> tuple[TrainingData, TrainingData]:
    return read_training_data([path], most_per_passage=most_per_passage, seed=7)


def write(path: Path, text: str, *questions: dict[str, object]) -> Path:
    paragraphs = [{"context": text, "qas": list(questions)}]
    path.write_text(json.dumps({"data": [{"title": "Port_3", "paragraphs": paragraphs}]}))
    return path


def test_gzipped_file_reads_like_the_plain_one(bridges: Path, tmp_path: Path) -> None:
    packed = tmp_path / "packed" / bridges.name
    packed.parent.mkdir()
    packed.write_bytes(gzip.compress(bridges.read_bytes()))
    assert read(packed) == read(bridges)


def test_some_articles_are_held_out_and_every_file_is_credited(bridges: Path) -> None:
    training, held_out = read(bridges)
    assert {passage.title for passage in held_out.passages} == {"Port 179", "Port 516"}
    assert training.files == (DataFile("bridges.json", "CC0", 22),)
    assert held_out.files == (DataFile("bridges.json", "CC0", 2),)


def test_answer_stands_where_the_file_says(tmp_path: Path) -> None:
    answers = [{"text": "old", "answer_start": 16}]
    path = write(tmp_path / "a.json", "The old ferry, old.", {"question": "Q?", "answers": answers})
    with pytest.raises(TestSetError, match=r"article 1, paragraph 1: .*'old' \(Q\?\)"):
        read(path)
    answers[0]["answer_start"] = 15
    path = write(tmp_path / "a.json", "The old ferry, old.", {"question": "Q?", "answers": answers})
    assert read(path)[0].questions[0].answers == ((15, 18),)


def test_answer_whose_place_was_guessed_stands_wherever_its_text_does(tmp_path: Path) -> None:
    answers = [{"text": "old", "answer_start": 4}]
    question = {"question": "Q?", "answers": answers, "start_guessed_among": 2}
    path = write(tmp_path / "a.json", "The old ferry, old.", question)
    assert read(path)[0].questions[0].answers == ((4, 7), (15, 18))


def test_question_without_answers_is_one_that_the_passage_does_not_answer(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", "The ferry.", {"question": "Q?", "answers": []})
    assert read(path)[0].questions[0].answers == ()


def test_only_some_of_many_questions_about_a_passage_are_taken(tmp_path: Path) -> None:
    questions: list[dict[str, object]] = [
        {"question": f"Q{number}?", "answers": []} for number in range(9)
    ]
    path = write(tmp_path / "a.json", "The ferry.", *questions)
    taken = [question.text for question in read(path, most_per_passage=4)[0].questions]
    assert len(set(taken)) == 4
    assert taken == [q.text for q in read(path, most_per_passage=4)[0].questions]
