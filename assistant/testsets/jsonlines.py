"""Our own test sets: JSON Lines, each a question or a conversation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from assistant.testsets.parsing import (
    Place,
    id_field,
    list_field,
    objects_field,
    optional_text,
    ranges_field,
    text_field,
)
from assistant.testsets.records import Conversation, GoldQuestion, TestSet, gold_document_qrels

Lines = Iterable[tuple[Place, Mapping[str, Any]]]


def read(path: Path, lines: Lines) -> TestSet:
    """Make a test set of lines: ``{"id", "question", "answers"}`` or ``{"id", "turns"}``.

    Turn n of conversation c gets the id ``c#n``, from 1; ``"answers": []`` means unanswerable.
    All of a line's ``source_ranges`` are the place of one answer; an empty ``document``, ``kind``
    or ``sha256`` is none. What else it holds, such as the ``feedback`` that it is a draft of, is
    left alone.

    Raises:
        TestSetError: A line lacks a field or has one of another type.
    """
    conversations = tuple(_conversation(place, record) for place, record in lines)
    return TestSet(path.name, "jsonl", conversations, gold_document_qrels(conversations))


def _conversation(place: Place, record: Mapping[str, Any]) -> Conversation:
    name = id_field(place, record, "id")
    if "turns" not in record:
        return Conversation((_question(place, record, name),))
    turns = objects_field(place, record, "turns")
    if not turns:
        raise place.error('"turns" is empty; give at least one {"question", "answers"}')
    return Conversation(
        tuple(_question(place, turn, f"{name}#{number}") for number, turn in enumerate(turns, 1))
    )


def _question(place: Place, record: Mapping[str, Any], name: str) -> GoldQuestion:
    if record.get("answers", ()) is None:
        raise place.error(
            '"answers" is null: this is a draft. Write what is right, [] where the documents do '
            "not say, or take the line out"
        )
    answers = list_field(place, record, "answers")
    if not all(isinstance(answer, str) and answer.strip() for answer in answers):
        raise place.error('"answers" holds something blank or not a string; [] means unanswerable')
    ranges = ranges_field(place, record, "source_ranges")
    return GoldQuestion(
        name,
        text_field(place, record, "question"),
        tuple(answers),
        document=optional_text(place, record, "document") or None,
        kind=optional_text(place, record, "kind") or None,
        sha256=optional_text(place, record, "sha256") or None,
        places=(ranges,) if ranges else (),
    )
