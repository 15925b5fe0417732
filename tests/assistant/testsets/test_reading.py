from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from assistant.testsets.problems import Problem
from assistant.testsets.reading import read_leniently, read_test_set
from assistant.testsets.records import CorpusDocument, GoldQuestion
from index.errors import TestSetError

SQUAD = {
    "version": "v2.0",
    "data": [
        {
            "title": "Founding_Act",
            "paragraphs": [
                {
                    "context": "The act was signed in Paris on 27 May 1997.",
                    "qas": [
                        {
                            "id": "q1",
                            "question": "Where was the act signed?",
                            "answers": [
                                {"text": "Paris", "answer_start": 22},
                                {"text": "in Paris", "answer_start": 19},
                                {"text": "Paris", "answer_start": 22},
                            ],
                        },
                        {
                            "id": "q2",
                            "question": "Who refused to sign?",
                            "answers": [],
                            "is_impossible": True,
                        },
                    ],
                },
                {"context": "A second paragraph.", "qas": []},
            ],
        }
    ],
}
LINES = (
    '{"id": "a", "question": "Where?", "answers": ["Paris"], "document": "x/act.txt"}\n'
    "\n"
    '{"id": 7, "question": "Who?", "answers": [], "kind": "unanswerable"}\r\n'
    '{"id": "c", "turns": [{"question": "When?", "answers": ["1997"]},'
    ' {"question": "And where?", "answers": ["Paris"], "document": "act.txt"}]}\n'
)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def write_beir(folder: Path, **files: str) -> Path:
    content = {
        "corpus.jsonl": '{"_id": "d1", "title": "One", "text": "first"}\n'
        '{"_id": "d2", "title": "", "text": ""}\n',
        "queries.jsonl": '{"_id": "1", "text": "one?"}\n{"_id": "2", "text": "two?"}\n',
        "qrels.tsv": "query-id\tcorpus-id\tscore\n1\td1\t2\n1\td9\t0\n",
    }
    for name, text in (
        content | {key.replace("__", "."): text for key, text in files.items()}
    ).items():
        if text:
            write(folder / name, text)
    return folder


def test_json_lines_hold_questions_and_conversations(tmp_path: Path) -> None:
    test_set = read_test_set(write(tmp_path / "own.jsonl", LINES))
    assert test_set.format == "jsonl"
    assert test_set.documents is None
    assert test_set.questions == (
        GoldQuestion("a", "Where?", ("Paris",), "x/act.txt"),
        GoldQuestion("7", "Who?", (), kind="unanswerable"),
        GoldQuestion("c#1", "When?", ("1997",)),
        GoldQuestion("c#2", "And where?", ("Paris",), "act.txt"),
    )
    assert [len(conversation.turns) for conversation in test_set.conversations] == [1, 1, 2]
    assert test_set.qrels == {"a": {"x/act.txt": 1}, "c#2": {"act.txt": 1}}
    assert test_set.has_unanswerable


def test_one_conversation_on_one_line_is_json_lines(tmp_path: Path) -> None:
    line = '{"id": "c", "turns": [{"question": "When?", "answers": ["1997"]}]}'
    test_set = read_test_set(write(tmp_path / "one.json", line))
    assert [question.id for question in test_set.questions] == ["c#1"]
    assert not test_set.has_unanswerable


@pytest.mark.parametrize("indent", [None, 2])
def test_squad_paragraphs_are_documents(tmp_path: Path, indent: int | None) -> None:
    test_set = read_test_set(write(tmp_path / "dev.txt", json.dumps(SQUAD, indent=indent)))
    assert test_set.format == "squad"
    assert test_set.documents == (
        CorpusDocument("1-1", "Founding Act", "The act was signed in Paris on 27 May 1997."),
        CorpusDocument("1-2", "Founding Act", "A second paragraph."),
    )
    assert test_set.questions == (
        GoldQuestion(
            "q1",
            "Where was the act signed?",
            ("Paris", "in Paris"),
            "1-1",
            places=(((22, 27),), ((19, 27),)),
        ),
        GoldQuestion("q2", "Who refused to sign?", (), "1-1"),
    )
    assert test_set.qrels == {"q1": {"1-1": 1}}


def test_start_that_is_wrong_tells_no_place(tmp_path: Path) -> None:
    answers = [{"text": "Oslo", "answer_start": 3}, {"text": "Paris"}, {"text": "act"}]
    paragraph = {"context": "The act", "qas": [{"id": 1, "question": "Q?", "answers": answers}]}
    squad = {"data": [{"paragraphs": [paragraph]}]}
    (question,) = read_test_set(write(tmp_path / "dev.json", json.dumps(squad))).questions
    assert (question.answers, question.places) == (("Oslo", "Paris", "act"), ())


def test_line_gives_the_place_of_its_answer(tmp_path: Path) -> None:
    line = {"id": "a", "question": "Q?", "answers": ["x"], "document": "d.txt", "sha256": "f00"}
    path = write(tmp_path / "own.jsonl", json.dumps({**line, "source_ranges": [[3, 4], [9, 12]]}))
    (question,) = read_test_set(path).questions
    assert (question.sha256, question.places) == ("f00", (((3, 4), (9, 12)),))


@pytest.mark.parametrize("ranges", [5, [3, 4], [[4, 3]], [[-1, 3]], [["3", "4"]], [[1, 2, 3]]])
def test_ranges_that_are_none_are_refused(tmp_path: Path, ranges: object) -> None:
    line = {"id": "a", "question": "Q?", "answers": ["x"], "source_ranges": ranges}
    with pytest.raises(TestSetError, match='line 1: "source_ranges" is'):
        read_test_set(write(tmp_path / "own.jsonl", json.dumps(line)))


def test_gzip_is_told_by_content(tmp_path: Path) -> None:
    path = tmp_path / "dev.json"
    path.write_bytes(gzip.compress(json.dumps(SQUAD).encode()))
    assert len(read_test_set(path).questions) == 2


def test_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    assert len(read_test_set(write(tmp_path / "own.jsonl", "\ufeff" + LINES)).questions) == 4


def test_beir_queries_without_judgements_do_not_count(tmp_path: Path) -> None:
    test_set = read_test_set(write_beir(tmp_path))
    assert test_set.format == "beir"
    assert test_set.questions == (GoldQuestion("1", "one?", None),)
    assert test_set.qrels == {"1": {"d1": 2, "d9": 0}}
    assert test_set.documents == (
        CorpusDocument("d1", "One", "first"),
        CorpusDocument("d2", "", ""),
    )
    assert not test_set.has_unanswerable


def test_beir_judgements_may_stand_in_a_folder_without_header(tmp_path: Path) -> None:
    write_beir(tmp_path, qrels__tsv="")
    write(tmp_path / "qrels" / "dev.tsv", "2\td2\t1\n")
    assert read_test_set(tmp_path).qrels == {"2": {"d2": 1}}
    write(tmp_path / "qrels" / "test.tsv", "1\td1\t1\r\n")
    assert read_test_set(tmp_path).qrels == {"1": {"d1": 1}}


def test_beir_files_may_be_gzipped(tmp_path: Path) -> None:
    write_beir(tmp_path)
    for name in ("corpus.jsonl", "queries.jsonl", "qrels.tsv"):
        path = tmp_path / name
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    assert len(read_test_set(tmp_path).questions) == 1


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("id,text\n", "line 1: not JSON"),
        ('{"data": []}', "holds no questions"),
        ("[1, 2]", "is a JSON list"),
        ('{"id": "a", "question": "Q?", "answers": []}\n{"id": ', "line 2: not JSON"),
        ('{"id": "a", "question": "Q?", "answers": []}\n3\n', "line 2: not a JSON object"),
        ('{"id": "a", "answers": []}', 'line 1: "question" is missing'),
        ('{"id": "a", "question": " ", "answers": []}', 'line 1: "question" is missing or blank'),
        ('{"question": "Q?", "answers": []}', 'line 1: "id" is missing'),
        ('{"id": "a", "question": "Q?"}', 'line 1: "answers" is missing'),
        ('{"id": "a", "question": "Q?", "answers": "x"}', '"answers" is missing or not a list'),
        ('{"id": "a", "question": "Q?", "answers": [""]}', '"answers" holds something blank'),
        ('{"id": "a", "question": "Q?", "answers": [], "document": 3}', '"document" is not'),
        ('{"id": "a", "turns": []}', '"turns" is empty'),
        ('{"id": "a", "turns": ["Q?"]}', '"turns" holds something that is not a JSON object'),
        ('{"data": [{"paragraphs": [{"qas": []}]}]}', 'article 1, paragraph 1: "context"'),
        ('{"data": [{"paragraphs": [{"context": "c", "qas": [{"id": "a"}]}]}]}', '"answers"'),
        ('{"data": [{}]}', 'article 1: "paragraphs"'),
        ('{"data":\n [}', "line 2: not JSON"),
    ],
)
def test_fault_is_told_with_its_place(tmp_path: Path, text: str, complaint: str) -> None:
    path = write(tmp_path / "set.jsonl", text)
    with pytest.raises(TestSetError) as caught:
        read_test_set(path)
    assert complaint in str(caught.value)
    assert str(path) in str(caught.value)


def test_repeated_id_is_refused(tmp_path: Path) -> None:
    line = '{"id": "a", "question": "Q?", "answers": []}\n'
    with pytest.raises(TestSetError, match="two questions have the id 'a'"):
        read_test_set(write(tmp_path / "set.jsonl", line * 2))


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("queries__jsonl", "", "no queries.jsonl"),
        ("qrels__tsv", "", "no qrels.tsv"),
        ("qrels__tsv", "1\td1\t1\n1 d1 1\n", "qrels.tsv: line 2: not three fields"),
        ("qrels__tsv", "1\td1\t1\n1\td1\t0.5\n", "qrels.tsv: line 2: not three fields"),
        ("qrels__tsv", "1\td1\t1\n1\td1\t1000001\n", "qrels.tsv: line 2: a score beyond"),
        ("qrels__tsv", f"1\td1\t-{10**30}\n1\td1\t1\n", "qrels.tsv: line 1: a score beyond"),
        ("corpus__jsonl", '{"_id": "\\ud800"}\n', "corpus.jsonl: line 1: the _id"),
        ("queries__jsonl", '{"_id": "1"}', 'queries.jsonl: line 1: "text" is missing'),
        (
            "corpus__jsonl",
            '{"_id": "d"}\n{"_id": "d"}\n',
            "corpus.jsonl: line 2: a second document",
        ),
    ],
)
def test_fault_in_a_beir_folder_names_the_file(
    tmp_path: Path, name: str, text: str, complaint: str
) -> None:
    with pytest.raises(TestSetError, match=complaint):
        read_test_set(write_beir(tmp_path, **{name: text}))


def test_missing_damaged_and_wrongly_encoded_files_are_test_set_errors(tmp_path: Path) -> None:
    with pytest.raises(TestSetError, match="no such file or folder"):
        read_test_set(tmp_path / "nowhere.jsonl")
    torn = tmp_path / "torn.gz"
    torn.write_bytes(gzip.compress(LINES.encode())[:-9])
    with pytest.raises(TestSetError, match="cannot be read"):
        read_test_set(torn)
    latin = tmp_path / "latin.jsonl"
    latin.write_bytes(b'{"id": "a",\n "question": "S\xfcd?"}')
    with pytest.raises(TestSetError, match="line 2: not UTF-8"):
        read_test_set(latin)


@pytest.mark.parametrize("torn", ["a\ud800", "a\0b"])
@pytest.mark.parametrize("field", ["id", "question", "answers", "document", "kind"])
def test_question_with_half_a_character_or_a_nul_is_named(
    tmp_path: Path, field: str, torn: str
) -> None:
    line = {"id": "q7", "question": "Who?", "answers": ["x"]}
    line[field] = [torn] if field == "answers" else torn
    path = write(tmp_path / "set.jsonl", json.dumps(line))
    with pytest.raises(TestSetError, match="holds a NUL or half a character") as caught:
        read_test_set(path)
    assert (repr(torn) if field == "id" else "'q7'") in str(caught.value)
    _, (fault,) = read_leniently(path)
    assert fault.kind is Problem.MALFORMED
    assert fault.id.encode()


def test_empty_names_are_none(tmp_path: Path) -> None:
    line = {"id": "a", "question": "Q?", "answers": ["x"], "document": "", "kind": "", "sha256": ""}
    test_set = read_test_set(write(tmp_path / "own.jsonl", json.dumps(line)))
    assert test_set.questions == (GoldQuestion("a", "Q?", ("x",)),)
    assert test_set.qrels == {}
