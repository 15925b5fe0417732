from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assistant.reader.training.examples import read_training_data
from tools.make_chronologies import make_chronologies

FERRY = (
    "In May 1931, the ferry of Port Dora was replaced by a bridge. Its toll was dropped by the "
    "town council in 1950. On 3 June 1962 a storm destroyed both of the towers. It is still loved."
)
ASKED = {
    "When was the ferry replaced?": "May 1931",
    "In what year was the ferry replaced?": "1931",
    "Who dropped the toll?": "the town council",
    "When did the storm come?": "June 1962",
    "What do people do?": "loved",
}


def chronologies(folder: Path) -> tuple[Path, list[dict[str, Any]]]:
    qas = [
        {"id": asked, "question": asked, "answers": [{"text": a, "answer_start": FERRY.index(a)}]}
        for asked, a in ASKED.items()
    ]
    paragraph = {"context": FERRY, "qas": qas}
    squad = {"license": "CC0", "data": [{"title": "Port Dora", "paragraphs": [paragraph]}]}
    path = folder / "squad.json"
    path.write_text(json.dumps(squad), "utf-8")
    made = make_chronologies(path)
    assert made["license"] == "CC0"
    path.write_text(json.dumps(made), "utf-8")
    return path, [paragraph for article in made["data"] for paragraph in article["paragraphs"]]


def test_dated_sentences_become_rows_in_order(tmp_path: Path) -> None:
    rows = "\n".join(
        paragraph["context"].rsplit("\n\n")[-1] for paragraph in chronologies(tmp_path)[1]
    )
    assert rows.splitlines() == [
        "May 1931\tThe ferry of Port Dora was replaced by a bridge.",
        "1950\tIts toll was dropped by the town council.",
        "3 June 1962\tA storm destroyed both of the towers.",
    ]


def test_questions_are_answered_by_their_row(tmp_path: Path) -> None:
    answered = {
        asked["question"]: asked["answers"][0]["text"]
        for paragraph in chronologies(tmp_path)[1]
        for asked in paragraph["qas"]
        if asked["answers"]
    }
    assert answered == {
        "When was the ferry replaced?": "May 1931",
        "In what year was the ferry replaced?": "1931",
        "Who dropped the toll?": "the town council",
        "When did the storm come?": "3 June 1962",
    }


def test_answers_stand_where_they_are_said_to(tmp_path: Path) -> None:
    path, _ = chronologies(tmp_path)
    for data in read_training_data([path], most_per_passage=9, seed=7):
        for question in data.questions:
            text = data.passages[question.passage].text
            assert all(text[start:end].strip() for start, end in question.answers)
