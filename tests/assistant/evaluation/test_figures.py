from __future__ import annotations

import pytest

from assistant.evaluation.figures import estimate_groups, kind_of
from assistant.evaluation.records import QuestionResult
from assistant.testsets.records import GoldQuestion


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who signed it?", "who"),
        ("By whom was it signed?", "who"),
        ("In what year, and when exactly?", "what"),
        ("How many ships came?", "how many"),
        ("How did they come?", "how"),
        ("However it may be, where?", "where"),
        ("Is it so?", "other"),
    ],
)
def test_kind_is_the_first_question_word(question: str, kind: str) -> None:
    assert kind_of(QuestionResult(GoldQuestion("q", question, ()))) == kind


def test_kind_is_what_the_test_set_says() -> None:
    assert kind_of(QuestionResult(GoldQuestion("q", "Who?", (), kind="table"))) == "table"


def test_groups_are_estimated_apart_the_largest_first() -> None:
    observed = [{"right": [value], "em": [0.0], "f1": [value]} for value in (1.0, 0.0, 1.0)]
    groups = estimate_groups([*observed, {}], [0, 1, 2, 3], ["a", "b", "b", "c"])
    assert list(groups) == ["b", "a"]  # nothing was observed of c
    assert groups["b"]["right"].value == 0.5
    assert groups["a"]["f1"].value == 1.0
    assert groups["a"]["em"].value == 0.0
