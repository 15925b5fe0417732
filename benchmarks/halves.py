"""The half of a test set that settings are fitted on, and the half that is reported."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from assistant.testsets.records import GoldQuestion, TestSet


def digest(name: str) -> bytes:
    """Return what divides names, the same way on every machine: the SHA-256."""
    return sha256(name.encode()).digest()


def is_held_back(name: str) -> bool:
    """Tell whether a name is of the half that nothing is fitted on: an odd first byte."""
    return digest(name)[0] % 2 == 1


def held_back(test_set: TestSet) -> TestSet:
    """Leave out the questions of a public test set that settings may have been fitted on.

    SQuAD is divided by its articles' titles, a BEIR folder by its queries' ids. On test sets in
    the project's own form nothing is fitted: they stay whole.
    """
    titles = {document.id: document.title for document in test_set.documents or ()}

    def stays(question: GoldQuestion) -> bool:
        by_title = test_set.format == "squad"
        return is_held_back(titles[question.document or ""] if by_title else question.id)

    if test_set.format not in ("squad", "beir"):
        return test_set
    kept = tuple(asked for asked in test_set.conversations if stays(asked.turns[0]))
    return replace(test_set, conversations=kept)
