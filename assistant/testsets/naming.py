"""Tell which indexed document a test set means by a name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from assistant.testsets.records import TestSet
from index.catalogue.entries import DocumentSummary


def name_documents(test_set: TestSet, summaries: Iterable[DocumentSummary]) -> dict[str, str]:
    """Match indexed documents with the names that a test set gives its gold documents.

    A name means the document with that path; where there is none, every document whose path (the
    root's name before it) ends in it, by whole parts.

    Returns:
        Document id → name, for the documents that the test set names.
    """
    wanted = gold_documents(test_set)
    listed = list(summaries)
    taken = wanted & {summary.path for summary in listed}
    names: dict[str, str] = {}
    for summary in listed:
        for name in _possible_names(summary):
            if name in wanted and (name == summary.path or name not in taken):
                names[summary.id] = name
                break
    return names


def gold_documents(test_set: TestSet) -> set[str]:
    """Return the names of all documents that the test set judges or places an answer in."""
    named = {question.document for question in test_set.questions if question.document}
    return named.union(*test_set.qrels.values())


def _possible_names(summary: DocumentSummary) -> list[str]:
    parts = PurePosixPath(summary.path).parts
    shorter = ["/".join(parts[start:]) for start in range(1, len(parts))]
    return [summary.path, f"{summary.root}/{summary.path}", *shorter]
