"""Drafting from a text as it is drafted from a file of it."""

from __future__ import annotations

from pathlib import Path

from assistant.drafting import Draft, draft
from index.documents import make_document
from index.formats import extract
from index.records import Document


def read(text: str, name: str = "harwick.txt") -> Document:
    extraction = extract(text.encode(), Path(name))
    return make_document(extraction, root="harbour", path=name, sha256="0" * 64)


def drafts(text: str, name: str = "harwick.txt") -> list[Draft]:
    return list(draft(read(text, name)))


def questions(text: str, name: str = "harwick.txt") -> dict[str, str]:
    """Return the questions drafted from a text, and their answers."""
    return {found.question: found.answer for found in drafts(text, name)}
