from __future__ import annotations

import numpy as np
import pytest

from assistant.conversation import understand
from assistant.conversation.carrying import (
    QUESTION_FEATURES,
    TERM_FEATURES,
    fit,
    measure,
    weigh,
)
from assistant.records import Turn

PIER = (Turn("Who built the Old Pier?", "Anders Lund"),)


def test_first_question_is_understood_as_it_stands() -> None:
    assert understand("When did it burn down?", ()) == "When did it burn down?"


def test_pronoun_is_understood_from_the_turn_before() -> None:
    assert understand("When did it burn down?", PIER) == "When did the Old Pier burn down?"


def test_question_is_straightened_before_it_is_understood() -> None:
    assert understand("And the Ferry House, when did it burn?", PIER) == (
        "When did the Ferry House burn?"
    )


def test_question_without_a_name_is_understood_from_the_topic() -> None:
    understood = understand("How many people died?", [Turn("When did the Kittiwake sink?", "1903")])
    assert understood == "How many people died? (about: the Kittiwake)"


def test_bare_question_word_is_understood_from_the_turn_before() -> None:
    assert understand("When?", PIER) == "When was it that Anders Lund built the Old Pier?"


def test_question_with_a_pronoun_is_filled_in_from_the_turn_before_too() -> None:
    founded = [Turn("When was the Ferry Council founded?", "1903")]
    assert understand("And the office that followed it?", founded) == (
        "When was the office that followed the Ferry Council founded?"
    )
    built = [Turn("Who built the Old Pier?", "Anders Lund")]
    assert understand("And his brother?", built) == "And Anders Lund's brother?"


def test_topic_lasts_over_several_turns() -> None:
    history = list(PIER)
    for question in ("When did it burn down?", "Was it rebuilt?", "How long was it?"):
        understood = understand(question, history)
        assert "Old Pier" in understood
        history.append(Turn(understood, ""))


@pytest.mark.parametrize(
    "question",
    [
        "How many cars does the ferry to Port Askaig carry?",
        "When was the lighthouse of Ruvaal painted red?",
        "Which countries joined the Harbour Treaty in 1903?",
        "Which states signed START and did they ratify it?",
    ],
)
def test_question_that_stands_alone_is_not_dragged_back(question: str) -> None:
    assert understand(question, PIER) == question


def test_terms_that_the_question_has_are_not_weighed() -> None:
    assert weigh("Did the pier burn?", PIER).keys() == {"built", "old", "ander", "lund"}


def test_evidence_is_a_product_of_the_terms_features_and_the_questions() -> None:
    evidence = measure("And the ferry?", PIER)
    assert evidence.pairs.shape == (5, len(TERM_FEATURES), len(QUESTION_FEATURES))
    pairs = evidence.pairs[evidence.terms.index("pier")]
    goes_on = pairs[:, QUESTION_FEATURES.index("goes_on")]
    assert goes_on[TERM_FEATURES.index("first_question")] == 1.0
    assert goes_on[TERM_FEATURES.index("last_answer")] == 0.0
    assert not pairs[:, QUESTION_FEATURES.index("person")].any()


def test_fitted_weights_tell_what_was_carried_over() -> None:
    evidence = measure("When?", PIER)
    from_question = np.array([term in {"built", "old", "pier"} for term in evidence.terms])
    weights = fit([(evidence, from_question)] * 50)
    utilities = np.einsum("tij,ij->t", evidence.pairs, weights)
    assert ((utilities > 0) == from_question).all()
