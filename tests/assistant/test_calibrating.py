from __future__ import annotations

import math

import pytest

from assistant.calibrating import FEWEST, Judged, calibrate, judge, report
from assistant.confidence import Calibration
from assistant.testsets.records import Conversation, GoldQuestion, TestSet
from index.errors import TestSetError
from tests.assistant.conftest import AssistantOver

FILES = {
    "pier.txt": "The old pier was built by Anders Lund in 1861. It burned down.\n",
    "ferry.txt": "The ferry to the islands sails twice a day. It carries forty cars.\n",
}


def a_set(*questions: GoldQuestion) -> TestSet:
    return TestSet("t", "jsonl", tuple(Conversation((question,)) for question in questions), {})


def test_answers_are_judged_as_right_or_wrong(assistant_over: AssistantOver) -> None:
    gold = a_set(
        GoldQuestion("1", "Who built the old pier?", (FILES["pier.txt"].split(". ")[0],)),
        GoldQuestion("2", "How many cars does the ferry carry?", ("forty",)),
        GoldQuestion("3", "Who built the ferry?", ()),
    )
    judged = list(judge(assistant_over(FILES), gold))
    assert [(case.id, case.right) for case in judged] == [("1", True), ("2", False), ("3", False)]
    assert judged[0].log_odds == pytest.approx(4.0)  # all terms shared


def test_some_questions_are_also_asked_without_their_document(
    assistant_over: AssistantOver,
) -> None:
    questions = [
        GoldQuestion(str(number), "Who built the old pier?", ("Anders Lund",), document="pier.txt")
        for number in range(40)
    ]
    judged = list(judge(assistant_over(FILES), a_set(*questions)))
    assert 50 <= len(judged) <= 70
    assert len({case.log_odds for case in judged}) == 2  # with the document and without
    assert sum(case.without_document for case in judged) == len(judged) - 40


def test_question_without_a_document_is_asked_once(assistant_over: AssistantOver) -> None:
    named = GoldQuestion("named", "How many cars?", ("forty",), document="ferry.txt")
    others = [GoldQuestion(str(number), "Who built it?", ("Lund",)) for number in range(20)]
    judged = list(judge(assistant_over(FILES), a_set(named, *others)))
    assert [case.id for case in judged if case.id != "named"] == [other.id for other in others]


def test_set_with_unanswerable_questions_is_asked_as_it_is(assistant_over: AssistantOver) -> None:
    questions = [
        GoldQuestion(str(number), "Who built the old pier?", ("Anders Lund",), document="pier.txt")
        for number in range(10)
    ]
    judged = list(judge(assistant_over(FILES), a_set(*questions, GoldQuestion("u", "Why?", ()))))
    assert len(judged) == 11


def test_question_for_which_nothing_is_found_has_no_odds(assistant_over: AssistantOver) -> None:
    gold = GoldQuestion("1", "Who built the old pier?", ("Anders Lund",))
    (judged,) = judge(assistant_over({}), a_set(gold))
    assert judged == Judged("1", -math.inf, right=False)


def test_calibration_is_reported_on_questions_that_it_was_not_fitted_on() -> None:
    judged = [
        Judged(str(n), 2.0 if n % 2 else -2.0, right=n % 8 != 1 if n % 2 else n % 8 == 0)
        for n in range(400)
    ]
    calibration, found = calibrate(judged, reader="r")
    assert calibration.questions == found.questions == 400
    assert found.without_document == 0
    assert calibration.confidence(2.0) == pytest.approx(0.75, abs=0.02)
    assert calibration.confidence(-2.0) == pytest.approx(0.25, abs=0.02)
    assert found.calibration_error < 0.08


def test_report_counts_what_an_accepted_error_answers() -> None:
    calibration = Calibration(curve=((0.9, 0.05, 100), (0.1, 0.4, 200)), questions=200)
    sure, unsure = math.log(19), -math.log(19)
    judged = [Judged("a", sure, right=True), Judged("b", unsure, right=False)]
    found = report([(calibration, judged)])
    assert [(s.accepted, s.coverage, s.error) for s in found.selective] == [
        (0.05, 0.5, 0.0),
        (0.1, 0.5, 0.0),
        (0.2, 0.5, 0.0),
    ]
    assert found.calibration_error == pytest.approx(0.05)


@pytest.mark.parametrize(("count", "right"), [(FEWEST - 1, 5), (50, 0), (50, 50)])
def test_too_little_to_calibrate_on_is_refused(count: int, right: int) -> None:
    judged = [Judged(str(n), 1.0, right=n < right) for n in range(count)]
    with pytest.raises(TestSetError, match=f"{count} questions, {right} of them"):
        calibrate(judged, reader="r")
