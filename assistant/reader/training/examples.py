"""SQuAD-format files → questions with their passages, to train on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from assistant.testsets.parsing import (
    Place,
    objects_field,
    optional_text,
    read_object,
    text_field,
)
from assistant.testsets.squad import paragraphs
from index.records import Range

_Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TrainingPassage:
    """A paragraph and the title of the article it stands in."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class TrainingQuestion:
    """A question about a passage, and where in its text the answers stand: nowhere, if none."""

    text: str
    passage: int
    answers: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file to learn from, as a model card credits it."""

    name: str
    licence: str
    questions: int  # taken of it


@dataclass(frozen=True, slots=True)
class TrainingData:
    """Everything to learn from."""

    passages: tuple[TrainingPassage, ...]
    questions: tuple[TrainingQuestion, ...]
    files: tuple[DataFile, ...]


class _Part(NamedTuple):
    """What becomes a TrainingData, while files are read."""

    passages: list[TrainingPassage]
    questions: list[TrainingQuestion]
    files: list[DataFile]

    def as_data(self) -> TrainingData:
        return TrainingData(tuple(self.passages), tuple(self.questions), tuple(self.files))


def read_training_data(
    paths: Sequence[Path], *, most_per_passage: int, seed: int
) -> tuple[TrainingData, TrainingData]:
    """Read SQuAD-format JSON, gzipped or not.

    Where the place of an answer was guessed (``start_guessed_among``) every occurrence counts.

    Args:
        paths: The files.
        most_per_passage: Questions taken of a passage; of more, a sample.
        seed: Of that sample.

    Returns:
        What to train on, and some articles held out from it: one in a hundred, by hash of title.

    Raises:
        TestSetError: A file cannot be read, or an answer does not stand where it says.
    """
    parts = {False: _Part([], [], []), True: _Part([], [], [])}
    random = Random(seed)
    for path in paths:
        content = read_object(path)
        before = {held_out: len(part.questions) for held_out, part in parts.items()}
        _read_file(path, content, parts, partial(_sample, random, most_per_passage))
        licence = str(content.get("license", "not stated"))
        for held_out, part in parts.items():
            taken = len(part.questions) - before[held_out]
            part.files.append(DataFile(path.name, licence, taken))
    return parts[False].as_data(), parts[True].as_data()


def _sample(random: Random, most: int, records: Sequence[_Record]) -> list[_Record]:
    return random.sample(records, min(most, len(records)))


def _read_file(
    path: Path,
    content: _Record,
    parts: Mapping[bool, _Part],
    sample: Callable[[Sequence[_Record]], list[_Record]],
) -> None:
    for place, document, paragraph in paragraphs(path, content):
        passage = TrainingPassage(_whole(document.title), _whole(document.text))
        part = parts[_is_held_out(passage)]
        for record in sample(objects_field(place, paragraph, "qas")):
            answers = tuple(_answers(place, record, passage.text))
            text = _whole(text_field(place, record, "question"))
            part.questions.append(TrainingQuestion(text, len(part.passages), answers))
        part.passages.append(passage)


def _is_held_out(passage: TrainingPassage) -> bool:
    """Tell by the title, so that an article is not divided; by the text where there is none."""
    digest = sha256((passage.title or passage.text).encode(errors="surrogatepass")).digest()
    return int.from_bytes(digest[:4]) % 100 == 0


def _whole(text: str) -> str:
    """Put a question mark for every half of a character: tokenizers refuse those."""
    return text.encode(errors="replace").decode()


def _answers(place: Place, record: Mapping[str, Any], text: str) -> Iterator[Range]:
    for answer in objects_field(place, record, "answers"):
        quote = _whole(text_field(place, answer, "text"))
        if "start_guessed_among" in record or "start_guessed_among" in answer:
            yield from (match.span() for match in re.finditer(re.escape(quote), text))
            continue
        start = answer.get("answer_start")
        if not isinstance(start, int) or text[start : start + len(quote)] != quote:
            asked = optional_text(place, record, "question")
            raise place.error(f'"answer_start" of {quote!r} ({asked}) is not where it stands')
        yield start, start + len(quote)
