from __future__ import annotations

from assistant.testsets.naming import gold_documents, name_documents
from assistant.testsets.records import Conversation, GoldQuestion, TestSet
from index.catalogue.entries import DocumentSummary


def summary(document_id: str, path: str, root: str = "papers") -> DocumentSummary:
    return DocumentSummary(
        id=document_id,
        root=root,
        path=path,
        title="",
        media_type="text/plain",
        sha256="",
        size=0,
        pages=0,
        passages=1,
        quality=1.0,
        modified_at=0.0,
        indexed_at=0.0,
        published=None,
        generation=1,
    )


def naming(*documents: str) -> TestSet:
    turns = tuple(GoldQuestion(f"q{name}", "Q?", ("a",), name) for name in documents)
    return TestSet("t", "jsonl", (Conversation(turns),), {})


def test_document_is_meant_by_its_path_or_the_end_of_it() -> None:
    summaries = [summary("1", "a/act.txt"), summary("2", "b/fact.txt"), summary("3", "c.txt")]
    named = name_documents(naming("act.txt", "b/fact.txt", "papers/c.txt"), summaries)
    assert named == {"1": "act.txt", "2": "b/fact.txt", "3": "papers/c.txt"}


def test_whole_path_goes_before_the_end_of_another() -> None:
    summaries = [summary("1", "a/act.txt"), summary("2", "act.txt")]
    assert name_documents(naming("act.txt"), summaries) == {"2": "act.txt"}


def test_every_document_whose_path_ends_so_is_meant() -> None:
    summaries = [summary("1", "a/act.txt"), summary("2", "b/act.txt")]
    assert name_documents(naming("act.txt"), summaries) == {"1": "act.txt", "2": "act.txt"}


def test_unnamed_and_unknown_documents_are_left_out() -> None:
    assert name_documents(naming("act.txt"), [summary("1", "fact.txt")]) == {}


def test_gold_documents_are_those_placed_and_those_judged() -> None:
    judged = TestSet("t", "beir", (), {"1": {"d1": 1, "d2": 0}, "2": {"d1": 1}})
    assert gold_documents(judged) == {"d1", "d2"}
    assert gold_documents(naming("x", "y")) == {"x", "y"}
