from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import display
from assistant.answering import Assistant
from assistant.reader.lists import items_around
from assistant.records import Mode, Question, Reason, Span
from index.errors import IndexDamagedError, UnknownDocumentError
from index.records import Hit, agree
from tests.assistant.conftest import AssistantOver

PIER = (
    "The Old Pier\n\nThe old pier was built by Anders Lund in 1861. It burned down in 1903, and "
    "nobody rebuilt it.\n\nA light stands there now. It is painted red and white.\n"
)
FERRY = "The Ferry\n\nThe ferry to the islands sails twice a day. It carries forty cars.\n"
ANY = 1.0  # accept any error: never abstain


def test_answer_is_the_sentence_that_holds_it(assistant_over: AssistantOver) -> None:
    assistant = assistant_over({"pier.txt": PIER, "ferry.txt": FERRY})
    answer = assistant.ask(Question("Who built the old pier?", max_error=ANY))
    assert answer.answer == "The old pier was built by Anders Lund in 1861."
    assert (answer.abstained, answer.reason, answer.mode) == (False, None, Mode.HYBRID)


def test_citation_points_into_source_text(assistant_over: AssistantOver) -> None:
    source = PIER.replace("nobody rebuilt", "no-\r\nbody rebuilt")
    assistant = assistant_over({"pier.txt": source})
    answer = assistant.ask(Question("What burned down in 1903, and who rebuilt it?", max_error=ANY))
    (citation,) = answer.citations
    assert citation.quote == "It burned down in 1903, and nobody rebuilt it."
    sliced = "".join(source[start:end] for start, end in citation.source_ranges)
    assert agree(sliced, citation.quote)
    listed = ",".join(f"{start}-{end}" for start, end in citation.source_ranges)
    assert citation.url == f"/documents/{citation.document_id}?ranges={listed}#first"
    assert citation.sentence == citation.quote


def test_question_that_nothing_answers_is_declined_with_the_nearest_passages(
    assistant_over: AssistantOver,
) -> None:
    assistant = assistant_over({"pier.txt": PIER, "ferry.txt": FERRY})
    answer = assistant.ask(Question("How do I reset my password?"))
    assert (answer.answer, answer.abstained, answer.citations) == ("", True, ())
    assert answer.reason is Reason.NOTHING_NEAR
    assert answer.passages


def test_empty_index_declines(assistant_over: AssistantOver) -> None:
    answer = assistant_over({}).ask(Question("Who built the old pier?", max_error=ANY))
    assert (answer.abstained, answer.reason, answer.confidence) == (True, "nothing_near", 0.0)


def test_question_within_documents_is_answered_from_them_alone(
    assistant_over: AssistantOver,
) -> None:
    assistant = assistant_over({"pier.txt": PIER, "ferry.txt": FERRY})
    ids = {summary.path: summary.id for summary in assistant.store.documents()}
    question = Question("Who built the old pier?", max_error=ANY, documents=(ids["ferry.txt"],))
    answer = assistant.ask(question)
    assert {passage.path for passage in answer.passages} == {"ferry.txt"}
    with pytest.raises(UnknownDocumentError):
        assistant.ask(Question("Who?", documents=("nobody",)))


def test_quote_that_its_source_does_not_say_is_never_shown(
    assistant_over: AssistantOver, tmp_path: Path
) -> None:
    assistant = assistant_over({"ferry.txt": FERRY})
    with sqlite3.connect(tmp_path / "index" / "catalogue.sqlite") as catalogue:
        catalogue.execute(
            "UPDATE documents"
            " SET text = CAST(replace(CAST(text AS TEXT), 'twice', 'never') AS BLOB)"
        )
    with pytest.raises(IndexDamagedError, match="doctor --repair"):
        assistant.ask(Question("How often does the ferry sail?", max_error=ANY))


def test_answer_as_json_has_the_fixed_keys(assistant_over: AssistantOver) -> None:
    assistant = assistant_over({"pier.txt": PIER})
    answer = json.loads(json.dumps(assistant.ask(Question("Who?", max_error=ANY)).as_json()))
    assert (
        list(answer)
        == (
            "question understood_as answer abstained reason confidence mode citations alternatives "
            "passages generation timings_ms"
        ).split()
    )
    assert (
        list(answer["citations"][0])
        == (
            "number document_id title path sha256 page section quote sentence source_ranges "
            "source_sha256 sentence_ranges url published modified_at stale"
        ).split()
    )
    assert set(answer["timings_ms"]) == {"embed", "search", "read", "total"}


def test_answer_from_a_changed_file_says_so(assistant_over: AssistantOver, tmp_path: Path) -> None:
    assistant = assistant_over({"pier.txt": PIER})
    question = Question("Who built the old pier?", max_error=ANY)
    assert "changed" not in display.answer(assistant.ask(question))
    (tmp_path / "harbour" / "pier.txt").write_text("Another text.")
    answer = assistant.ask(question)
    assert [citation.stale for citation in answer.citations] == [True]
    assert "This file has changed since it was read" in display.answer(answer)


TWO_DATES = "The pier was finished in 1861. The mayor said the pier was finished in 1863.\n"


class SureReader:
    """Finds quotes that it is told of, each with its log odds."""

    name = "sure"

    def __init__(self, *quotes: tuple[str, float]) -> None:
        self._quotes = quotes

    def read(self, question: str, hits: Sequence[Hit], idf: Mapping[str, float]) -> list[Span]:
        return [
            Span(at + hit.passage.start, at + hit.passage.start + len(quote), score, hit)
            for quote, score in self._quotes
            for hit in hits[:1]
            if (at := hit.passage.text.index(quote)) >= 0
        ]


@pytest.mark.parametrize(
    ("other", "reason", "alternatives"),
    [("1863", Reason.DISAGREEMENT, ["in 1861", "1863"]), ("1861", Reason.NOT_ANSWERED, [])],
)
def test_answers_that_dispute_each_other_are_shown_side_by_side(
    assistant_over: AssistantOver, other: str, reason: Reason, alternatives: list[str]
) -> None:
    store = assistant_over({"pier.txt": TWO_DATES}).store
    assistant = Assistant(store, None, SureReader(("in 1861", -0.3), (other, -0.4)))
    answer = assistant.ask(Question("When was the pier finished?"))
    assert (answer.answer, answer.reason) == ("", reason)
    assert [alternative.answer for alternative in answer.alternatives] == alternatives


class ListReader(SureReader):
    """Answers with the whole list where a quote belongs to one."""

    def read(self, question: str, hits: Sequence[Hit], idf: Mapping[str, float]) -> list[Span]:
        return [
            replace(span, items=items_around(span.hit, (span.start, span.end)))
            for span in super().read(question, hits, idf)
        ]


def test_each_item_of_a_list_is_cited(assistant_over: AssistantOver) -> None:
    text = "The pier has two lamps:\n\n- a red one\n- a white one\n"
    store = assistant_over({"pier.md": text}).store
    answer = Assistant(store, None, ListReader(("two lamps", 3.0))).ask(Question("Which lamps?"))
    assert answer.answer == "a red one; a white one"
    assert [(c.number, c.quote) for c in answer.citations] == [(1, "a red one"), (2, "a white one")]
    assert [text[slice(*c.source_ranges[0])] for c in answer.citations] == [
        "a red one",
        "a white one",
    ]


LAMPS = "The pier has two lamps:\n\n- a red one\n- a white one\n\nThe mayor "


@pytest.mark.parametrize(
    ("mayor", "rival"),
    [
        ("saw others:\n\n- a green one\n- a blue one\n", "a green one; a blue one"),
        ("saw others:\n\n- a red one\n- a blue one\n", "a red one; a blue one"),
        ("saw none.\n", "saw none"),
        ("saw these:\n\n- a white one\n- a red one\n", None),
        ("saw a white one.\n", None),
    ],
)
def test_list_is_disputed_by_what_neither_has_its_items_nor_is_among_them(
    assistant_over: AssistantOver, mayor: str, rival: str | None
) -> None:
    store = assistant_over({"pier.md": LAMPS + mayor}).store
    reader = ListReader(("two lamps", -0.3), (mayor.splitlines()[0].rstrip(":."), -0.4))
    answer = Assistant(store, None, reader).ask(Question("Which lamps?"))
    assert answer.reason is (Reason.DISAGREEMENT if rival else Reason.NOT_ANSWERED)
    shown = [alternative.answer for alternative in answer.alternatives]
    assert shown == (["a red one; a white one", rival] if rival else [])
