"""Metrics of one answer against its gold answers, with the normalisation of SQuAD.

Source: Rajpurkar et al. 2016, 2018, and their evaluation script for SQuAD 2.0: an unanswerable
question's gold answer is the empty string, and so is what an abstention counts as.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Sequence

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_RIGHT_F1 = 0.6
ROUNDING = 1e-9  # a score of 0.6 may come out as 0.5999999999999999
_WITHOUT_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalise(text: str) -> str:
    """Lower the case, drop ASCII punctuation, then English articles, and fold white space."""
    bare = text.lower().translate(_WITHOUT_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", bare).split())


def exact_match(answer: str, golds: Sequence[str]) -> float:
    """Return 1.0 if the normalised answer equals a normalised gold answer, else 0.0.

    Args:
        answer: What was answered, "" for an abstention.
        golds: The gold answers; none means unanswerable.
    """
    return _best(lambda gold: float(normalise(answer) == normalise(gold)), golds)


def f1(answer: str, golds: Sequence[str]) -> float:
    """Return the best F1, 0 to 1, between the answer's bag of tokens and a gold answer's.

    Where either has no tokens it is 1.0 if both have none, else 0.0.
    """
    return _best(lambda gold: _token_f1(answer, gold), golds)


def is_right(answer: str, golds: Sequence[str]) -> bool:
    """Tell whether an answer counts as right: equal to a gold answer, or an F1 of 0.6 and more."""
    return exact_match(answer, golds) == 1.0 or f1(answer, golds) >= _RIGHT_F1 - ROUNDING


def answer_contained(answer: str, golds: Sequence[str]) -> float:
    """Return 1.0 if the answer holds all of a gold answer, token for token, else 0.0.

    Only an empty answer holds the gold answer of an unanswerable question.
    """
    return _best(lambda gold: _contained(normalise(gold), normalise(answer)), golds)


def _best(score: Callable[[str], float], golds: Sequence[str]) -> float:
    # A gold answer of nothing but articles and punctuation says nothing: it is passed over.
    return max(map(score, [gold for gold in golds if normalise(gold)] or [""]))


def _token_f1(answer: str, gold: str) -> float:
    answer_tokens, gold_tokens = normalise(answer).split(), normalise(gold).split()
    if not answer_tokens or not gold_tokens:
        return float(answer_tokens == gold_tokens)
    shared = (Counter(answer_tokens) & Counter(gold_tokens)).total()
    if not shared:
        return 0.0
    precision, recall = shared / len(answer_tokens), shared / len(gold_tokens)
    return 2 * precision * recall / (precision + recall)


def _contained(gold: str, answer: str) -> float:
    return float(f" {gold} " in f" {answer} " if gold else not answer)
