from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from assistant.answering import Assistant
from assistant.drafting import Kind
from assistant.testsets.drafting import as_line, draft_questions
from assistant.testsets.reading import read_test_set
from index.ingest import index
from index.store import Store
from tests.assistant.known_answers import KnownAnswers

PIER = "When was the Harwick pier opened?"
BRIDGE = "Who opened the Alba bridge in 1931?"
BRIDGE_DATE = "When did General Finn Holm open the Alba bridge?"
FILES = {
    "a/pier.txt": "The Harwick pier was opened on 12 June 1861.\n",
    "bridge.txt": "General Finn Holm opened the Alba bridge in 1931.\n",
}
AssistantOver = Callable[[Mapping[str, str], KnownAnswers], Assistant]


@pytest.fixture
def assistant_over(tmp_path: Path) -> Iterator[AssistantOver]:
    """Make an assistant over files given by name and content, which answers what it knows."""
    with ExitStack() as opened:

        def make(files: Mapping[str, str], reader: KnownAnswers) -> Assistant:
            for name, content in files.items():
                path = tmp_path / "harbour" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.encode())
            store = Store.open(tmp_path / "index", embedder_name=None, create=True)
            opened.enter_context(store)
            list(index(store, [tmp_path / "harbour"], embedder=None))
            return Assistant(store, None, reader)

        yield make


def texts(assistant: Assistant, limit: int = 50, **options: object) -> set[str]:
    drafted = draft_questions(assistant, limit=limit, **options)  # type: ignore[arg-type]
    return {question.text for question in drafted}


def test_a_draft_is_a_line_that_tells_where_its_answer_stands(
    assistant_over: AssistantOver, tmp_path: Path
) -> None:
    assistant = assistant_over(FILES, KnownAnswers({}))
    (question,) = draft_questions(assistant, limit=1, kinds=[Kind.WHO])
    line = as_line(question)
    ((start, end),) = line["source_ranges"]
    source = (tmp_path / "harbour" / "bridge.txt").read_bytes()
    assert source[start:end] == b"General Finn Holm"
    assert {**line, "id": "", "sha256": ""} == {
        "id": "",
        "question": BRIDGE,
        "answers": ["General Finn Holm"],
        "document": "bridge.txt",
        "sha256": "",
        "source_ranges": [[0, 17]],
        "kind": "who",
    }
    path = tmp_path / "drafts.jsonl"
    path.write_text(json.dumps(line))
    assert read_test_set(path).questions == (question,)


def test_an_answer_over_several_lines_is_placed_in_the_source(
    assistant_over: AssistantOver, tmp_path: Path
) -> None:
    text = "# Pier\n\nThe *Harwick* pier was opened\non 12\nJune 1861.\n"
    assistant = assistant_over({"pier.md": text}, KnownAnswers({}))
    (question,) = draft_questions(assistant, limit=9)
    assert question.answers == ("12 June 1861",)
    (place,) = question.places
    assert "".join(text[slice(*part)] for part in place) == "12\nJune 1861"


def test_documents_take_turns_and_the_limit_holds(assistant_over: AssistantOver) -> None:
    assistant = assistant_over(FILES, KnownAnswers({}))
    assert texts(assistant) == {PIER, BRIDGE, BRIDGE_DATE}
    (one, other) = draft_questions(assistant, limit=2)
    assert {one.document, other.document} == {"a/pier.txt", "bridge.txt"}
    assert texts(assistant, kinds=[Kind.WHEN], known=["when was Harwick pier opened"]) == {
        BRIDGE_DATE
    }


def test_a_draft_keeps_its_id(assistant_over: AssistantOver) -> None:
    assistant = assistant_over(FILES, KnownAnswers({}))
    first, again = ([one.id for one in draft_questions(assistant, limit=9)] for _ in range(2))
    assert first == again
    assert len(set(first)) == 3


def test_a_question_that_is_answered_otherwise_elsewhere_is_left_out(
    assistant_over: AssistantOver,
) -> None:
    files = FILES | {"c.txt": "The Harwick pier and the Alba bridge are of 1850.\n"}
    wrong = KnownAnswers({PIER: ("1850", 3.0), BRIDGE: ("1931", 3.0), BRIDGE_DATE: ("1850", 0.0)})
    # The second is missed in its own document, and the third is answered without confidence.
    assert texts(assistant_over(files, wrong)) == {BRIDGE, BRIDGE_DATE}


def test_questions_that_have_two_answers_are_left_out(assistant_over: AssistantOver) -> None:
    files = FILES | {"c.txt": "The Harwick pier was opened on 3 May 1871.\n"}
    assert texts(assistant_over(files, KnownAnswers({}))) == {BRIDGE, BRIDGE_DATE}


def test_a_date_otherwise_written_elsewhere_is_a_second_answer(
    assistant_over: AssistantOver,
) -> None:
    files = {"a.txt": FILES["a/pier.txt"], "b.txt": "The Harwick pier is of 1861-06-12.\n"}
    reader = KnownAnswers({PIER: ("1861-06-12", 3.0)})
    (question,) = draft_questions(assistant_over(files, reader), limit=9)
    assert question.answers == ("12 June 1861", "1861-06-12")


def test_an_answer_that_stands_in_its_question_is_left_out(assistant_over: AssistantOver) -> None:
    text = "General Finn Holm opened the General Finn Holm bridge in 1931.\n"
    asked = texts(assistant_over({"a.txt": text}, KnownAnswers({})))
    assert asked == {"When did General Finn Holm open the General Finn Holm bridge?"}


def test_a_path_that_two_roots_have_is_told_with_its_root(
    assistant_over: AssistantOver, tmp_path: Path
) -> None:
    assistant = assistant_over({"pier.txt": FILES["a/pier.txt"]}, KnownAnswers({}))
    (tmp_path / "quay").mkdir()
    (tmp_path / "quay" / "pier.txt").write_text(FILES["bridge.txt"])
    list(index(assistant.store, [tmp_path / "quay"], embedder=None))
    documents = {question.document for question in draft_questions(assistant, limit=9)}
    assert documents == {"harbour/pier.txt", "quay/pier.txt"}
