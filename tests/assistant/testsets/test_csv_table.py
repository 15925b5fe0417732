from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from assistant.testsets.reading import read_test_set
from assistant.testsets.records import GoldQuestion
from index.errors import TestSetError

ROWS = (
    "Question,document,id,Answers,KIND,Remark\n"
    "Where was it signed?,docs/act.txt,a,Paris | in Paris,where,checked\n"
    "\n"
    '"Who, if anybody, refused?",,,,,\n'
    '"What does the\nact say?",act.txt,,"""no intention""",,\n'
    "When?,,9,1997,,\n"
)


def write(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


def test_rows_are_questions_and_a_row_without_an_id_has_its_line(tmp_path: Path) -> None:
    test_set = read_test_set(write(tmp_path / "own.csv", ROWS))
    assert (test_set.name, test_set.format, test_set.documents) == ("own.csv", "csv", None)
    assert test_set.questions == (
        GoldQuestion("a", "Where was it signed?", ("Paris", "in Paris"), "docs/act.txt", "where"),
        GoldQuestion("4", "Who, if anybody, refused?", ()),
        GoldQuestion("5", "What does the\nact say?", ('"no intention"',), "act.txt"),
        GoldQuestion("9", "When?", ("1997",)),
    )
    assert test_set.qrels == {"a": {"docs/act.txt": 1}, "5": {"act.txt": 1}}


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffquestion;answers\r\nWho, then?;1,5 | 2\r\n",
        "question\tanswers\nWho, then?\t1,5|2\n",
        '"question", "answers"\n"Who, then?", "1,5 | 2"\n',
        "\nAnswers;;Question;;\n1,5|2;;Who, then?;;\n;;;;\n",
    ],
)
def test_what_spreadsheets_write_is_read(tmp_path: Path, text: str) -> None:
    (question,) = read_test_set(write(tmp_path / "own.csv", text)).questions
    assert (question.text, question.answers) == ("Who, then?", ("1,5", "2"))


def test_it_is_told_by_content_and_may_be_gzipped(tmp_path: Path) -> None:
    path = tmp_path / "questions"
    path.write_bytes(gzip.compress(ROWS.encode()))
    assert read_test_set(path).format == "csv"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("question,answer\nWho?,Ada\n", 'line 1: no column is called "answers"'),
        ("answers,question,Answers\n", 'line 1: two columns are called "answers"'),
        ("question,answers\n", "holds no questions"),
        ("question,answers\nWho?\n", "line 2: 1 cells under a header of 2"),
        ("question,answers\n\nWho, then?,Ada\n", "line 3: 3 cells under a header of 2"),
        ("question,answers\n,Ada\n", 'line 2: "question" is missing or blank'),
        ("question,answers\nWho?,Ada||Finn\n", 'line 2: "answers" holds something blank'),
        ('question,answers\n"Who\nis it?",Ada\n"When?,1997\n', "line 4: not CSV"),
        ("id,question,answers\n3,Who?,Ada\n,When?,1997\n", "two questions have the id '3'"),
        ("id,text\n1,Who?\n", 'CSV (with the columns "question" and "answers")'),
    ],
)
def test_fault_is_told_with_its_line(tmp_path: Path, text: str, complaint: str) -> None:
    path = write(tmp_path / "own.csv", text)
    with pytest.raises(TestSetError) as caught:
        read_test_set(path)
    assert complaint in str(caught.value)
    assert str(path) in str(caught.value)
