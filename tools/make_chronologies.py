"""SQuAD-format questions about dated sentences → the same questions about chronologies.

Tables that give a date and what happened then are common in documents and unknown to SQuAD. Dated
sentences of an article become rows, the date first, and the questions that such a sentence answers
are asked of the table; some are asked of a table of the same article without that row.

Run ``python -m tools.make_chronologies SQUAD.json.gz CHRONOLOGIES.json.gz``.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from assistant.evaluation.parsing import objects_field, read_object
from assistant.evaluation.squad import paragraphs
from index.sentences import split_sentences

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}\ (?:{_MONTHS}),?\ \d{{4}}|(?:{_MONTHS})\ \d{{1,2}},\ \d{{4}}"
    rf"|(?:{_MONTHS}),?\ \d{{4}}|1\d{{3}}|20\d\d)\b",
    re.VERBOSE,
)
_LEADING = re.compile(r"(?:[Ii]n|[Oo]n|[Bb]y|[Dd]uring)\ (?:early\ |late\ |mid-)?$")
_YEAR = re.compile(r"\d{4}")
_ASKS_FOR_YEAR = re.compile(r"\byear\b", re.IGNORECASE)
_LENGTHS = range(30, 300)  # characters of a row's event
_ROWS = range(3, 13)  # of a table
_CHARACTERS = 1100  # of a table: about as much as one passage holds
_ELSEWHERE = 0.25  # share of the questions that are asked of another table too
_CAPTIONS = ("Chronology", "Timeline", "Table 1. Chronology of events", "")


@dataclass(frozen=True)
class Row:
    """A dated sentence, and the questions that it answers, each with its answers' texts."""

    date: str
    event: str
    questions: tuple[tuple[str, tuple[str, ...]], ...]

    def __str__(self) -> str:
        return f"{self.date}\t{self.event}"


def make_chronologies(path: Path, *, seed: int = 7) -> dict[str, Any]:
    """Make the chronologies of all articles of a file, in SQuAD's format.

    Raises:
        TestSetError: The file cannot be read.
    """
    content = read_object(path)
    random = Random(seed)
    articles: dict[str, list[Row]] = {}
    for place, document, paragraph in paragraphs(path, content):
        records = objects_field(place, paragraph, "qas")
        articles.setdefault(document.title, []).extend(_rows(document.text, records))
    data = [
        {"title": title, "paragraphs": list(_paragraphs(rows, random))}
        for title, rows in articles.items()
        if len(rows) >= _ROWS.start
    ]
    return {"version": f"chronologies of {path.name}", "license": content["license"], "data": data}


def _rows(text: str, records: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    """Turn each sentence that holds just one date into a row."""
    for start, end in split_sentences(text):
        dates = list(_DATE.finditer(text, start, end))
        if len(dates) == 1 and (row := _row(text, (start, end), dates[0], records)):
            yield row


def _row(
    text: str, sentence: tuple[int, int], date: re.Match[str], records: Sequence[Mapping[str, Any]]
) -> Row | None:
    before, after = text[sentence[0] : date.start()], text[date.end() : sentence[1]]
    leading = _LEADING.search(before)
    if not leading:
        return None
    before = before[: leading.start()].rstrip(" ,(")
    event = f"{before} {after.lstrip(' ,)')}".strip().replace(" .", ".")
    event = event[:1].upper() + event[1:]
    if len(event) not in _LENGTHS or "\t" in event or "\n" in event:
        return None
    questions = [
        (record["question"], answers)
        for record in records
        if (answers := tuple(_answers(record, sentence, date.group(), event)))
    ]
    return Row(date.group(), event, tuple(questions))


def _answers(
    record: Mapping[str, Any], sentence: tuple[int, int], date: str, event: str
) -> Iterator[str]:
    """Yield the answers of a question that the row still holds: dates, or parts of the event."""
    for answer in record["answers"]:
        text, at = answer["text"].strip(" ,."), answer["answer_start"]
        if sentence[0] <= at and at + len(text) <= sentence[1]:
            if text in date:
                yield text if _ASKS_FOR_YEAR.search(record["question"]) else date
            elif event.count(text) == 1:
                yield text


def _paragraphs(rows: Sequence[Row], random: Random) -> Iterator[dict[str, Any]]:
    ordered = sorted(rows, key=lambda row: _YEAR.findall(row.date)[-1])
    tables = list(_tables(ordered, random))
    for number, table in enumerate(tables):
        caption = random.choice(_CAPTIONS)
        head = f"{caption}\n\n" if caption else ""
        text = head + "\n".join(map(str, table))
        others = [row for at, other in enumerate(tables) if at != number for row in other]
        asked: list[dict[str, Any]] = [
            {"question": question, "answers": places}
            for row in table
            for question, answers in row.questions
            if (places := _places(row, text, answers))
        ]
        missing = [
            {"question": question, "answers": []}
            for row in others
            for question, answers in row.questions
            if not any(answer in text for answer in answers)
        ]
        random.shuffle(missing)
        asked += missing[: round(_ELSEWHERE * len(asked))]
        if asked:
            yield {"context": text, "qas": asked}


def _tables(rows: Sequence[Row], random: Random) -> Iterator[list[Row]]:
    """Cut a chronology into tables of different lengths."""
    table: list[Row] = []
    most = random.choice(_ROWS)
    for row in rows:
        if table and (len(table) >= most or sum(map(len, map(str, [*table, row]))) > _CHARACTERS):
            yield table
            table, most = [], random.choice(_ROWS)
        table.append(row)
    if table:
        yield table


def _places(row: Row, text: str, answers: Sequence[str]) -> list[dict[str, Any]]:
    start = text.index(str(row))
    return [{"text": answer, "answer_start": start + str(row).index(answer)} for answer in answers]


if __name__ == "__main__":
    made = make_chronologies(Path(sys.argv[1]))
    with gzip.GzipFile(sys.argv[2], "wb", mtime=0) as file:
        file.write(json.dumps(made, ensure_ascii=False).encode())
    paragraphs_made = [paragraph for article in made["data"] for paragraph in article["paragraphs"]]
    questions = sum(len(paragraph["qas"]) for paragraph in paragraphs_made)
    print(f"{len(paragraphs_made)} tables, {questions} questions")
