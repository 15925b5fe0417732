from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.testsets.records import Conversation, GoldQuestion, TestSet
from benchmarks.peers.__main__ import main
from benchmarks.peers.measuring import (
    MS,
    RATE,
    Measured,
    choose,
    in_turns,
    score_answers,
    score_run,
)
from benchmarks.peers.table import markdown


def question(name: str, *answers: str) -> GoldQuestion:
    return GoldQuestion(name, f"{name}?", answers, "a.txt")


def test_first_turns_with_an_answer_are_asked() -> None:
    later = Conversation((question("c#1", "One"), question("c#2", "Two")))
    unanswerable = Conversation((question("u"),))
    qrels = {"c#1": {"a.txt": 1}, "c#2": {"a.txt": 1}}
    chosen = choose(TestSet("set", "jsonl", (later, unanswerable), qrels), None)
    assert chosen.questions == (later.turns[0],)
    assert chosen.qrels == {"c#1": {"a.txt": 1}}


def compare(monkeypatch: pytest.MonkeyPatch, *asked: str) -> str:
    """Return what the command complains of, where the peers were installed."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("benchmarks.peers.__main__.find_spec", lambda _: True)
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == 2
    return " ".join(done.output.split())


def test_set_of_which_nothing_is_kept_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text('{"id": "1", "question": "Who?", "answers": []}\n')
    assert "nothing in it can be compared" in compare(monkeypatch, f"{path}={tmp_path}")


def test_two_sets_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    paths = [tmp_path / folder / "own.jsonl" for folder in "ab"]
    for path in paths:
        path.parent.mkdir()
        path.write_text('{"id": "1", "question": "Who?", "answers": []}\n')
    assert "two test sets are called own.jsonl" in compare(monkeypatch, *map(str, paths))


def test_a_sample_is_taken_by_the_hash_of_the_ids() -> None:
    asked = [question("abc", "One"), question("message digest", "Two"), question("", "Three")]
    whole = TestSet("set", "jsonl", tuple(Conversation((one,)) for one in asked), {})
    # The SHA-256 of "abc" begins with ba, that of "" with e3, that of the other with f7.
    assert [one.id for one in choose(whole, 2).questions] == ["abc", ""]


def test_questions_go_to_all_in_turns() -> None:
    heard: list[str] = []
    given = in_turns(
        [lambda text: heard.append(f"one {text}"), lambda text: heard.append(f"other {text}")],
        ["a", "b"],
    )
    assert heard == ["one a", "other a", "one a", "other a", "other b", "one b"]
    assert [len(results) for results, _ in given] == [2, 2]
    assert all(taken >= 0.0 for _, ms in given for taken in ms)


def test_answers_are_scored_over_all_questions() -> None:
    # "in 1861" shares one of two tokens with "1861": F1 is 2/3, which is right.
    scores = score_answers(["in 1861", ""], [question("a", "1861"), question("b", "Lund")])
    assert scores == {"EM": 0.0, "F1": pytest.approx(1 / 3), "right": 0.5}


def test_rankings_are_scored_over_the_judged_questions() -> None:
    run = {"a": ["x", "y"], "b": ["y"]}
    assert score_run({"a": {"x": 1}, "b": {"x": 1}}, run, ["recall@10"]) == {"recall@10": 0.5}


def test_the_table_has_a_row_for_each_metric_and_times_beside_the_first() -> None:
    ours = Measured({"F1": 0.75, MS: 50.0, RATE: 12.4})
    peer = Measured({"F1": 0.5, MS: 275.0, RATE: 3.0})
    assert markdown({"set": {"this project": ours, "Peer": peer}}).splitlines() == [
        "| test set | metric | this project | Peer |",
        "| --- | --- | ---: | ---: |",
        "| set | F1 | 0.750 | 0.500 |",
        "|  | median ms a question | 50 | 275 (5.5x) |",
        "|  | passages indexed a second | 12 | 3 |",
    ]
