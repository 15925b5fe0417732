"""Which words of the turns before a question means without saying them: a term classifier."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.conversation.mentions import Mention, mentions, words
from assistant.conversation.pronouns import explained
from assistant.records import Turn
from index.terms import query_terms

_WEIGHTS = Path(__file__).with_name("carrying.json")

_PRONOUNS = {
    "person": {"he", "him", "his", "she", "her", "hers"},
    "thing": {"it", "its"},
    "several": {"they", "them", "their", "theirs"},
    "this": {"this", "that", "these", "those"},
    "there": {"there", "then"},
    "one_of": {"one", "ones"},
}
_MORE = {"else", "other", "another", "any", "also", "besides"}
_OPENS_GOING_ON = re.compile(r"(?i)\s*(?:and|or|but|so|(?:what|how)\s+about)\b")
_PENALTY = 3.0  # of squared weights

TERM_FEATURES = (
    "one",
    "last_question",
    "last_answer",
    "first_question",
    "recency",  # 1 for the last turn, 1/2 for the one before it …
    "questions",  # in how many, of 4
    "answers",  # likewise
    "name",  # share of its mentions that have a capital within a sentence
    "capital",  # share of its mentions that have one at all
    "last_question_and_answer",
    "first_and_last_question",
    "first_question_and_last_answer",
    "name_in_first_question",
    "name_in_last_question",
    "name_in_last_answer",
)
QUESTION_FEATURES = (
    "one",
    *_PRONOUNS,
    "no_pronoun",
    "words",  # that are no stop words, of 6
    "names",  # of 2
    "goes_on",  # starts with "and", "what about"
    "more",  # asks for what else there is
    "last_answer",  # its words, of 20
)

Pairs = NDArray[np.float64]  # (terms, term features, question features)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The terms of a history that a question does not have, and what speaks for each."""

    terms: tuple[str, ...]
    pairs: Pairs


def weigh(question: str, history: Sequence[Turn]) -> dict[str, float]:
    """Return the probability of each of the history's terms that the question means it.

    Terms that the question has itself are left out.
    """
    evidence = measure(question, history)
    utilities = np.einsum("tij,ij->t", evidence.pairs, _weights())
    return dict(zip(evidence.terms, (1 / (1 + np.exp(-utilities))).tolist(), strict=True))


@cache
def _weights() -> NDArray[np.float64]:
    stored = json.loads(_WEIGHTS.read_text("utf-8"))
    return np.array([[stored[t][q] for q in QUESTION_FEATURES] for t in TERM_FEATURES], np.float64)


def save(weights: NDArray[np.float64]) -> None:
    """Write weights, (term features, question features), where they are read from."""
    rows = (
        f' "{name}": {json.dumps(dict(zip(QUESTION_FEATURES, row, strict=True)))}'
        for name, row in zip(TERM_FEATURES, np.round(weights, 3).tolist(), strict=True)
    )
    _WEIGHTS.write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")


def measure(question: str, history: Sequence[Turn]) -> Evidence:
    """Measure what speaks for the terms of a history: products of a term's and the question's."""
    asked = set(query_terms(question))
    seen: dict[str, _Seen] = {}
    for at, turn in enumerate(history):
        for is_answer, text in ((False, turn.question), (True, turn.answer)):
            for mention in mentions(text):
                for term in mention.terms:
                    if term not in asked:
                        seen.setdefault(term, _Seen()).add(at, mention, is_answer=is_answer)
    terms = [found.features(len(history) - 1) for found in seen.values()]
    rows = np.array(terms, np.float64).reshape(-1, len(TERM_FEATURES))
    return Evidence(tuple(seen), rows[:, :, None] * _question_features(question, history))


class _Seen:
    """Where a term stands in a history."""

    def __init__(self) -> None:
        self._questions: set[int] = set()
        self._answers: set[int] = set()
        self._mentions = self._names = self._capitalised = 0

    def add(self, turn: int, mention: Mention, *, is_answer: bool) -> None:
        (self._answers if is_answer else self._questions).add(turn)
        self._mentions += 1
        self._capitalised += mention.is_capitalised
        self._names += mention.is_capitalised and not mention.opens_sentence

    def features(self, last: int) -> tuple[float, ...]:
        in_question, in_answer = last in self._questions, last in self._answers
        in_first = 0 in self._questions
        name = self._names / self._mentions
        return (
            1.0,
            in_question,
            in_answer,
            in_first,
            1 / (1 + last - max(self._questions | self._answers)),
            min(len(self._questions), 4) / 4,
            min(len(self._answers), 4) / 4,
            name,
            self._capitalised / self._mentions,
            in_question and in_answer,
            in_first and in_question,
            in_first and in_answer,
            name * in_first,
            name * in_question,
            name * in_answer,
        )


def _question_features(question: str, history: Sequence[Turn]) -> NDArray[np.float64]:
    asked = set(words(question))
    open_ones = asked - explained(question, history)
    named = list(mentions(question))
    pronouns = [not open_ones.isdisjoint(forms) for forms in _PRONOUNS.values()]
    last_answer = len(list(mentions(history[-1].answer))) if history else 0
    features = (
        1.0,
        *pronouns,
        not any(pronouns),
        min(len(named), 6) / 6,
        min(sum(m.is_capitalised and not m.opens_sentence for m in named), 2) / 2,
        _OPENS_GOING_ON.match(question) is not None,
        not asked.isdisjoint(_MORE),
        min(last_answer, 20) / 20,
    )
    return np.array(features, np.float64)


def fit(cases: Sequence[tuple[Evidence, NDArray[np.bool_]]]) -> NDArray[np.float64]:
    """Fit the weights of a logistic regression, (term features, question features).

    Args:
        cases: Evidence of questions, and which of its terms each of them means, (terms,).
    """
    from scipy.optimize import minimize

    shape = len(TERM_FEATURES), len(QUESTION_FEATURES)
    features = np.concatenate([evidence.pairs for evidence, _ in cases]).reshape(-1, np.prod(shape))
    signs = np.where(np.concatenate([meant for _, meant in cases]), -1.0, 1.0)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        against = signs * (features @ weights)
        surprise = np.logaddexp(0.0, against).sum() + _PENALTY / 2 * weights @ weights
        slope = (signs / (1 + np.exp(-against))) @ features + _PENALTY * weights
        return float(surprise), slope

    found = minimize(loss, np.zeros(features.shape[1]), jac=True, method="L-BFGS-B")
    fitted: NDArray[np.float64] = found.x.reshape(shape)
    return fitted
