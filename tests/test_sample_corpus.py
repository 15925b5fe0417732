"""The sample corpus, and the questions and conversations asked about it."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from index.cleaning import clean
from index.formats import extract

CORPUS = Path(__file__).parents[1] / "documents"
DATA = Path(__file__).parent / "data"
FILES = sorted(path for path in CORPUS.rglob("*") if path.is_file())
FORMATS = {".txt", ".md", ".html", ".pdf", ".docx", ".epub", ".csv"}
KINDS = {
    "definition",
    "factoid",
    "footnote",
    "list",
    "paraphrase",
    "table",
    "unanswerable",
    "why",
}


def _read_lines(name: str) -> list[dict[str, Any]]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


QUESTIONS = _read_lines("documents.jsonl")
CONVERSATIONS = _read_lines("conversations.jsonl")


def _letters_and_digits(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def _stands_in(answer: str, text: str, *, parts: bool = False) -> bool:
    """Look for an answer by letters and digits; with ``parts``, for each part between ``; ``."""
    spans = answer.split("; ") if parts else [answer]
    return all(_letters_and_digits(span) in text for span in spans)


@pytest.fixture(scope="module")
def texts() -> Mapping[str, str]:
    """Read every document: letters and digits of its reading text, by relative path."""
    read = {}
    for path in FILES:
        text, _, _ = clean(extract(path.read_bytes(), path))
        read[path.relative_to(CORPUS).as_posix()] = _letters_and_digits(text)
    return read


def _missing(questions: Sequence[Mapping[str, Any]], texts: Mapping[str, str]) -> list[str]:
    return [
        f"{question['id']}: {answer}"
        for question in questions
        for answer in question["answers"]
        if not _stands_in(answer, texts[question["document"]], parts=question["kind"] == "list")
    ]


def test_corpus_has_thirteen_to_fifteen_documents_in_seven_formats() -> None:
    assert 13 <= len(FILES) <= 15
    assert {path.suffix for path in FILES} == FORMATS


def test_documents_are_small_and_named_in_lower_case_with_hyphens() -> None:
    for path in FILES:
        assert path.stat().st_size < 100_000
        assert set(path.stem) <= set("abcdefghijklmnopqrstuvwxyz0123456789-"), path.name


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.suffix in {".txt", ".md"}], ids=lambda path: path.name
)
def test_plain_document_has_400_to_1200_words(path: Path) -> None:
    assert 400 <= len(path.read_text(encoding="utf-8").split()) <= 1200


def test_pdf_with_footnotes_has_several_pages_and_a_title() -> None:
    document = pypdfium2.PdfDocument(CORPUS / "cfe-treaty.pdf")
    try:
        assert len(document) >= 4
        assert document.get_metadata_dict()["Title"] == "The CFE Treaty and Its Adaptation"
    finally:
        document.close()


def test_every_answer_stands_in_its_document(texts: Mapping[str, str]) -> None:
    assert _missing([q for q in QUESTIONS if q["answers"]], texts) == []


def test_every_answer_of_a_conversation_stands_in_some_document(texts: Mapping[str, str]) -> None:
    answers = [
        answer
        for conversation in CONVERSATIONS
        for turn in conversation["turns"]
        for answer in turn["answers"]
    ]
    missing = [a for a in answers if not any(_stands_in(a, text) for text in texts.values())]
    assert missing == []


def test_ids_and_questions_are_unique() -> None:
    ids = [item["id"] for item in (*QUESTIONS, *CONVERSATIONS)]
    assert [name for name, count in Counter(ids).items() if count > 1] == []
    asked = Counter(_letters_and_digits(question["question"]) for question in QUESTIONS)
    assert [question for question, count in asked.items() if count > 1] == []


def test_set_has_enough_questions_of_every_kind() -> None:
    kinds = Counter(question["kind"] for question in QUESTIONS)
    assert set(kinds) == KINDS
    assert len(QUESTIONS) >= 80
    assert kinds["unanswerable"] >= 12
    assert min(kinds.values()) >= 8


def test_only_unanswerable_questions_lack_answers_and_document() -> None:
    for question in QUESTIONS:
        unanswerable = question["kind"] == "unanswerable"
        assert (question["answers"] == []) is unanswerable, question["id"]
        assert (question["document"] is None) is unanswerable, question["id"]


def test_every_document_is_asked_about() -> None:
    asked = {question["document"] for question in QUESTIONS} - {None}
    assert asked == {path.relative_to(CORPUS).as_posix() for path in FILES}


def test_conversations_have_two_to_four_turns_with_answers() -> None:
    assert len(CONVERSATIONS) >= 8
    for conversation in CONVERSATIONS:
        assert 2 <= len(conversation["turns"]) <= 4, conversation["id"]
        assert all(turn["answers"] for turn in conversation["turns"]), conversation["id"]
