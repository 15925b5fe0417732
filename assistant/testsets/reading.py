"""Read a test set: JSON Lines of our own, CSV, SQuAD JSON or a BEIR folder, told by content."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from assistant.testsets import beir, csv_table, jsonlines, squad
from assistant.testsets.parsing import Place, is_torn, read_lines, read_text
from assistant.testsets.problems import Problem
from assistant.testsets.records import Conversation, GoldQuestion, TestSet, gold_document_qrels
from index.errors import TestSetError

_FORMATS = (
    'a test set is JSON Lines (one {"id", "question", "answers"} a line), CSV (with the columns '
    '"question" and "answers"), a SQuAD JSON file, or a folder in BEIR form'
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A question or a conversation that cannot be used, and why."""

    id: str  # its own, or where it stands
    kind: Problem
    error: TestSetError


Refuse = Callable[[Fault], None]


def read_test_set(path: Path) -> TestSet:
    """Read a test set; its files may be gzipped.

    Args:
        path: A JSON Lines, CSV or SQuAD file, or a folder with corpus.jsonl, queries.jsonl and
            qrels.

    Raises:
        TestSetError: It cannot be read, or two questions share an id; the message names the file
            and, where there is one, the line.
    """
    return _read(path, _refuse)


def read_leniently(path: Path) -> tuple[TestSet, tuple[Fault, ...]]:
    """Read what can be used of a test set, and tell what cannot.

    Raises:
        TestSetError: The file as a whole cannot be read.
    """
    faults: list[Fault] = []
    return _read(path, faults.append), tuple(faults)


def _refuse(fault: Fault) -> None:
    raise fault.error


def _read(path: Path, refuse: Refuse) -> TestSet:
    refused: list[Fault] = []

    def note(fault: Fault) -> None:
        refused.append(fault)
        refuse(fault)

    test_set = beir.read(path) if path.is_dir() else _read_file(path, note)
    if not test_set.conversations and not refused:
        raise TestSetError(f"{path}: holds no questions; {_FORMATS}")
    return replace(test_set, conversations=tuple(_sound(path, test_set.conversations, note)))


def _read_file(path: Path, refuse: Refuse) -> TestSet:
    text = read_text(path)
    whole = _parse(text)
    if isinstance(whole, dict) and "data" in whole:
        return squad.read(path, whole)
    if _is_lines(text):
        return _read_each(path, text, "jsonl", refuse)
    if csv_table.is_table(text):
        return _read_each(path, text, "csv", refuse)
    raise TestSetError(f"{path}: {_fault(text, whole)}; {_FORMATS}")


def _is_lines(text: str) -> bool:
    """Tell whether a text is JSON Lines: one of its first two, should the other be broken."""
    first = islice(filter(str.strip, text.split("\n")), 2)
    return any(isinstance(_parse(line), dict) for line in first)


def _read_each(path: Path, text: str, form: str, refuse: Refuse) -> TestSet:
    def refuse_line(place: Place, error: TestSetError) -> None:
        refuse(Fault(place.where, Problem.MALFORMED, error))

    read = csv_table.read_rows if form == "csv" else read_lines
    conversations: list[Conversation] = []
    for place, record in read(path, text, refuse_line):
        try:
            conversations += jsonlines.read(path, [(place, record)]).conversations
        except TestSetError as error:
            kind = Problem.NOT_REVIEWED if _is_unreviewed(record) else Problem.MALFORMED
            refuse(Fault(_writable(str(record.get("id") or place.where)), kind, error))
    return TestSet(path.name, form, tuple(conversations), gold_document_qrels(conversations))


def _is_unreviewed(record: Mapping[str, Any]) -> bool:
    turns = record.get("turns")
    questions = [record, *(turns if isinstance(turns, list) else ())]
    return any(isinstance(one, dict) and one.get("answers", ()) is None for one in questions)


def _parse(text: str) -> Any:
    """Return the JSON value that the text is, or None: not every format is one value."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _fault(text: str, whole: object) -> str:
    if whole is not None:
        return f"is a JSON {type(whole).__name__}, not a test set"
    if not text.strip():
        return "is empty"
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return f"line {error.lineno}: not JSON ({error.msg})"
    except (ValueError, RecursionError) as error:  # a number too long, or brackets nested too deep
        return f"not JSON ({error})"
    return "is null"


def _sound(
    path: Path, conversations: Iterable[Conversation], refuse: Refuse
) -> Iterator[Conversation]:
    """Yield the conversations of which every question has an id of its own and whole characters."""
    seen: set[str] = set()
    for conversation in conversations:
        ids = [turn.id for turn in conversation.turns]
        fault = None
        if repeated := seen.intersection(ids):
            name = min(repeated)
            kind = Problem.REPEATED_ID
            fault = f"two questions have the id {name!r}; give each its own"
        elif torn := [turn.id for turn in conversation.turns if any(map(is_torn, _texts(turn)))]:
            name, kind = torn[0], Problem.MALFORMED
            fault = f"question {name!r} holds a NUL or half a character (a lone surrogate): mend it"
        seen.update(ids)
        if fault:
            refuse(Fault(_writable(name), kind, TestSetError(f"{path}: {fault}")))
        else:
            yield conversation


def _texts(question: GoldQuestion) -> Iterator[str]:
    """Yield what a question says, which goes to libraries in C and into files."""
    yield from (question.id, question.text, question.document or "", question.kind or "")
    yield from question.answers or ()


def _writable(name: str) -> str:
    return name.encode(errors="replace").decode()
