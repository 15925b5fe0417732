from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from assistant.confidence import Calibration, fit, reason_to_abstain
from assistant.records import Reason
from index.errors import CalibrationError

CURVE = (
    (0.99, 0.3, 5),
    (0.9, 0.02, 200),
    (0.7, 0.06, 500),
    (0.4, 0.2, 900),
    (0.1, 0.15, 1000),
)


def test_confidence_is_the_logistic_function_of_scaled_log_odds() -> None:
    assert Calibration().confidence(math.log(3)) == pytest.approx(0.75)
    assert Calibration(slope=0.5, bias=math.log(3)).confidence(0.0) == pytest.approx(0.75)
    assert Calibration().confidence(-800.0) == 0.0


@pytest.mark.parametrize(
    ("max_error", "threshold"),
    [(None, 0.5), (0.01, math.inf), (0.02, 0.9), (0.16, 0.7), (0.5, 0.1), (1.0, 0.0)],
)
def test_threshold_is_the_last_before_the_error_is_over_what_is_accepted(
    max_error: float | None, threshold: float
) -> None:
    assert Calibration(curve=CURVE, questions=1000).threshold(max_error) == threshold


def test_without_a_curve_each_answer_must_be_as_sure_as_is_asked() -> None:
    assert Calibration().threshold(0.05) == pytest.approx(0.95)


@pytest.mark.parametrize(
    ("confidences", "expected"),
    [
        ([], Reason.NOTHING_NEAR),
        ([0.6, 0.3], None),
        ([0.01], Reason.NOTHING_NEAR),
        ([0.4, 0.1], Reason.NOT_ANSWERED),
        ([0.4, 0.35], Reason.DISAGREEMENT),
        ([0.2, 0.15], Reason.NOT_ANSWERED),  # even together they are not sure enough
    ],
)
def test_abstention_names_its_reason(confidences: list[float], expected: Reason | None) -> None:
    assert reason_to_abstain(confidences, 0.5) == expected


def test_fitted_confidence_is_the_share_that_is_right() -> None:
    random = np.random.default_rng(3)
    log_odds = random.normal(0.0, 2.0, 20_000)
    truly = 1 / (1 + np.exp(-(0.5 * log_odds - 1.0)))
    right = random.random(20_000) < truly
    calibration = fit(log_odds.tolist(), right.tolist(), reader="r")
    assert calibration.slope == pytest.approx(0.5, abs=0.03)
    assert calibration.bias == pytest.approx(-1.0, abs=0.05)
    assert (calibration.reader, calibration.questions) == ("r", 20_000)
    answered = np.array([calibration.confidence(x) for x in log_odds]) >= calibration.threshold(0.4)
    assert 0.37 < (answered & ~right).sum() / answered.sum() <= 0.4


def test_bound_of_the_error_is_wider_where_few_questions_stand_behind_it() -> None:
    # Of 10 right answers the true error is under 1 - 0.1 ** (1 / 10) with a probability of 0.9.
    few = fit([5.0] * 10 + [-5.0] * 10, [True] * 10 + [False] * 10, reader="")
    assert few.curve[0][1] == pytest.approx(1 - 0.1 ** (1 / 10), abs=1e-6)
    # The questions of equal scores are answered together, the right ones and the wrong ones.
    assert [answered for *_, answered in few.curve] == [10, 20]
    assert few.threshold(0.1) == math.inf
    assert few.threshold(0.25) == few.curve[0][0]


def test_calibration_survives_being_saved(tmp_path: Path) -> None:
    calibration = Calibration(1.5, -0.25, CURVE, "r", 1000)
    calibration.save(tmp_path / "calibration.json")
    assert Calibration.load(tmp_path / "calibration.json") == calibration
    assert [path.name for path in tmp_path.iterdir()] == ["calibration.json"]


def test_question_for_which_nothing_was_found_does_not_bend_the_scaling() -> None:
    scores, right = [2.0, 1.0, -1.0, -2.0] * 20, [True, True, False, True] * 20
    plain = fit(scores, right, reader="")
    with_nothing = fit([*scores, -math.inf], [*right, False], reader="")
    assert (with_nothing.slope, with_nothing.bias) == (plain.slope, plain.bias)
    assert with_nothing.confidence(-math.inf) == 0.0
    assert with_nothing.curve[-1][2] == len(scores) + 1


def test_higher_score_never_means_less() -> None:
    assert fit([1.0, -1.0] * 20, [False, True] * 20, reader="").slope > 0.0


WHOLE = {"slope": 1.0, "bias": 0.0, "curve": [], "reader": "", "questions": 0}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        json.dumps(WHOLE | {"curve": [[1]]}),
        json.dumps(WHOLE | {"curve": 3}),
        json.dumps(WHOLE | {"slope": None}),
        json.dumps(WHOLE | {"bias": math.nan}),
        json.dumps(WHOLE | {"slope": 10**400}),
    ],
)
def test_damaged_calibration_is_refused_by_name(tmp_path: Path, content: str) -> None:
    (tmp_path / "calibration.json").write_text(content)
    with pytest.raises(CalibrationError, match=r"calibration\.json.*run `assistant calibrate`"):
        Calibration.load(tmp_path / "calibration.json")


@pytest.mark.parametrize(
    ("before", "after"), [('"slope": 2', '"slope": 3'), ('"checksum"', '"checksun"')]
)
def test_calibration_with_a_changed_value_is_refused(
    before: str, after: str, tmp_path: Path
) -> None:
    file = tmp_path / "calibration.json"
    Calibration(slope=2.0).save(file)
    file.write_text(file.read_text().replace(before, after))
    with pytest.raises(CalibrationError, match="assistant calibrate"):
        Calibration.load(file)
