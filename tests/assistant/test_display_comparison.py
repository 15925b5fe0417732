from __future__ import annotations

from dataclasses import replace

from assistant.display_comparison import comparison, failure
from assistant.evaluation.comparing import Change, Comparison, SettingChange
from assistant.evaluation.differences import Difference
from assistant.evaluation.failing import Failure
from assistant.evaluation.intervals import Estimate

SAME = Comparison(
    shared=2,
    metrics=(
        Difference("em", 0.5, 0.25, Estimate(0.25, -0.125, 0.5), p=0.04, wins=3, losses=1, ties=0),
        Difference("latency_ms", 80, 1000, Estimate(-920, -1000, -800), 1e-4, 4, 0, 0),
    ),
    gained=(),
    lost=(),
    only_now=(),
    only_before=(),
    changed=(),
    settings=(),
)
GAINED = Change("q1", "Who?", ("Ann",), "", "Ann", "abstained", None)


def test_metrics_stand_in_a_table() -> None:
    lines = list(comparison(SAME))
    assert lines[:4] == [
        "Questions asked in both runs: 2",
        "                            now    before   difference and 95% interval"
        "             p  better  worse",
        "em                        0.500     0.250      +0.250   -0.125 to +0.500"
        "        0.040       3      1",
        "latency_ms               80.000  1000.000    -920.000   -1000.000 to -800.000"
        "  <0.001       4      0",
    ]
    assert lines[5:] == ["Settings that differ: none"]


def test_difference_that_rounds_to_nothing_has_no_minus() -> None:
    nothing = Difference("em", 0.5, 0.5, Estimate(-1e-9, -2e-9, 1e-9), 1.0, 0, 1, 0)
    (line,) = (each for each in comparison(replace(SAME, metrics=(nothing,))) if "em  " in each)
    assert "+0.000   +0.000 to +0.000" in line


def test_questions_left_out_are_counted() -> None:
    given = replace(SAME, only_now=("a", "b"), changed=("c",))
    assert next(comparison(given)) == (
        "Questions asked in both runs: 2; left out: 2 only now, "
        "1 with another text, gold answer or document"
    )
    assert "1 only before" in next(comparison(replace(SAME, only_before=("d",))))


def test_settings_that_differ_stand_on_one_line() -> None:
    settings = (SettingChange("reader", "a\x1b[2J", "b"), SettingChange("max_error", None, 0.1))
    assert "Settings that differ: reader a\ufffd[2J → b; max_error None → 0.1" in comparison(
        replace(SAME, settings=settings)
    )


def test_figures_that_are_not_compared_stand_on_one_line() -> None:
    lines = list(comparison(replace(SAME, not_compared=("ece", "retrieval by dense"))))
    assert lines[5] == "Not compared question by question: ece, retrieval by dense"


def test_gained_and_lost_questions_show_both_answers() -> None:
    lost = Change("q2", "Where\nto?", ("Rome",), "Rome", "\x1b[2J", None, "other_span")
    lines = list(comparison(replace(SAME, gained=(GAINED,), lost=(lost,))))
    assert lines[-8:] == [
        "Wrong before, right now: 1",
        "  q1  Who?",
        "    before: declined  (abstained)",
        "    now:    Ann",
        "Right before, wrong now: 1",
        "  q2  Where to?",
        "    before: Rome",
        "    now:    \ufffd[2J  (other_span)",
    ]


def test_at_most_20_questions_are_listed() -> None:
    lines = list(comparison(replace(SAME, lost=(GAINED,) * 23)))
    assert lines.count("  q1  Who?") == 20
    assert lines[-1] == "  and 3 more"
    assert "more" not in list(comparison(replace(SAME, lost=(GAINED,) * 20)))[-1]


def test_failure_takes_one_line() -> None:
    assert failure(Failure("f1", 0.69996, 0.7)) == "f1 is 0.69996, under the 0.7 that was asked"
