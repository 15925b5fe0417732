"""Read a test set: JSON Lines of our own, SQuAD JSON or a BEIR folder, told apart by content."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from assistant.testsets import beir, jsonlines, squad
from assistant.testsets.parsing import read_lines, read_text
from assistant.testsets.records import GoldQuestion, TestSet
from index.errors import TestSetError

_FORMATS = (
    'a test set is JSON Lines (one {"id", "question", "answers"} a line), a SQuAD JSON file, '
    "or a folder in BEIR form"
)


def read_test_set(path: Path) -> TestSet:
    """Read a test set; its files may be gzipped.

    Args:
        path: A JSON Lines or SQuAD file, or a folder with corpus.jsonl, queries.jsonl and qrels.

    Raises:
        TestSetError: It cannot be read, or two questions share an id; the message names the file
            and, where there is one, the line.
    """
    test_set = beir.read(path) if path.is_dir() else _read_file(path)
    if not test_set.conversations:
        raise TestSetError(f"{path}: holds no questions; {_FORMATS}")
    _refuse_repeated_ids(path, test_set.questions)
    _refuse_lone_surrogates(path, test_set.questions)
    return test_set


def _read_file(path: Path) -> TestSet:
    text = read_text(path)
    whole = _parse(text)
    if isinstance(whole, dict) and "data" in whole:
        return squad.read(path, whole)
    first_line = text.lstrip().split("\n", 1)[0]
    if isinstance(_parse(first_line), dict):
        return jsonlines.read(path, read_lines(path, text))
    raise TestSetError(f"{path}: {_fault(text, whole)}; {_FORMATS}")


def _parse(text: str) -> Any:
    """Return the JSON value that the text is, or None: not every format is one value."""
    try:
        return json.loads(text)
    except ValueError:
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
    return "is null"


def _refuse_repeated_ids(path: Path, questions: Iterable[GoldQuestion]) -> None:
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            raise TestSetError(
                f"{path}: two questions have the id {question.id!r}; give each its own"
            )
        seen.add(question.id)


def _refuse_lone_surrogates(path: Path, questions: Iterable[GoldQuestion]) -> None:
    for question in questions:
        try:
            question.text.encode()
        except UnicodeEncodeError as error:
            raise TestSetError(
                f"{path}: question {question.id!r} holds half a character (a lone surrogate): "
                "mend its text"
            ) from error
