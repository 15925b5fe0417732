"""Ask a test set's questions to see how far the reader's scores can be held to."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import NamedTuple

from assistant.answering import Assistant
from assistant.confidence import Calibration, fit
from assistant.evaluation.metrics import is_right
from assistant.evaluation.reliability import (
    Bin,
    coverage_and_error,
    expected_calibration_error,
    reliability,
)
from assistant.records import NEVER_ABSTAIN, Question
from assistant.testsets.naming import name_documents
from assistant.testsets.records import GoldQuestion, TestSet
from index.errors import TestSetError

FEWEST = 20  # questions that a calibration can be fitted on
ENOUGH = 200  # below which its figures are rough

_LEFT_OUT = 2  # one in so many answerable questions is also asked without its document
ACCEPTED_ERRORS = (0.05, 0.1, 0.2)
_LEAST_DOUBT = 1e-12


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of a question: how sure the reader was of its best answer, and whether it is right.

    A question that the documents don't answer has no right answer. The log odds are minus infinity
    where nothing was found.
    """

    id: str
    log_odds: float
    right: bool
    without_document: bool = False  # asked over all documents but its own


class Selective(NamedTuple):
    """What is answered when an error is accepted, and how much of that is wrong."""

    accepted: float
    coverage: float
    error: float


@dataclass(frozen=True, slots=True)
class Report:
    """What a calibration gives on questions that it was not fitted on."""

    questions: int  # each counted once
    without_document: int  # of these also asked without their document
    bins: tuple[Bin, ...]
    calibration_error: float
    selective: tuple[Selective, ...]


def judge(assistant: Assistant, test_set: TestSet) -> Iterator[Judged]:
    """Ask every question, and one in two also without its document, which nothing should answer.

    That is left out where the test set has unanswerable questions of its own, and of a question
    that names no document.

    Args:
        assistant: Whom to ask; it must not be calibrated.
        test_set: Questions with answers; conversations are left out, as their later turns need
            what was said before.
    """
    documents = assistant.store.documents()
    names = name_documents(test_set, documents)
    for conversation in test_set.conversations:
        (gold, *later) = conversation.turns
        if later or gold.answers is None:
            continue
        yield _judge(assistant, gold, ())
        if test_set.has_unanswerable or not _is_asked_without(gold):
            continue
        others = tuple(d.id for d in documents if names.get(d.id) != gold.document)
        if 0 < len(others) < len(documents):
            yield replace(_judge(assistant, gold, others), without_document=True)


def _is_asked_without(gold: GoldQuestion) -> bool:
    return gold.document is not None and _digest(gold.id)[1] % _LEFT_OUT == 0


def _judge(assistant: Assistant, gold: GoldQuestion, within: tuple[str, ...]) -> Judged:
    question = Question(gold.text, max_error=NEVER_ABSTAIN, documents=within)
    answer = assistant.ask(question)
    if answer.abstained:  # for want of any candidate
        return Judged(gold.id, -math.inf, right=False)
    doubt = min(max(1.0 - answer.confidence, _LEAST_DOUBT), 1.0 - _LEAST_DOUBT)
    right = bool(gold.answers) and is_right(answer.answer, gold.answers or ())
    return Judged(gold.id, math.log((1.0 - doubt) / doubt), right)


def calibrate(judged: Sequence[Judged], *, reader: str) -> tuple[Calibration, Report]:
    """Fit a calibration on all questions, and report on each half what the other half gives.

    Raises:
        TestSetError: There are too few questions, or all were right or all wrong.
    """
    rights = sum(case.right for case in judged)
    if len(judged) < FEWEST or not 0 < rights < len(judged):
        raise TestSetError(
            f"{len(judged)} questions, {rights} of them answered right: a calibration needs "
            f"{FEWEST} and more, some right and some wrong; add questions to the test set"
        )
    halves = [[case for case in judged if _digest(case.id)[0] % 2 == half] for half in (0, 1)]
    calibrations = [_fit(half, reader) for half in halves]
    return _fit(judged, reader), report(list(zip(calibrations, reversed(halves), strict=True)))


def report(fitted: Sequence[tuple[Calibration, Sequence[Judged]]]) -> Report:
    """Report on questions, each with a calibration that was not fitted on it."""
    pairs = [(calibration, case) for calibration, cases in fitted for case in cases]
    confidences = [calibration.confidence(case.log_odds) for calibration, case in pairs]
    right = [case.right for _, case in pairs]
    bins = reliability(confidences, right)
    selective = []
    for accepted in ACCEPTED_ERRORS:
        thresholds = [calibration.threshold(accepted) for calibration, _ in pairs]
        answered = [c >= t for c, t in zip(confidences, thresholds, strict=True)]
        selective.append(Selective(accepted, *coverage_and_error(answered, right)))
    without = sum(case.without_document for _, case in pairs)
    return Report(
        len(pairs) - without,
        without,
        tuple(bins),
        expected_calibration_error(bins),
        tuple(selective),
    )


def _fit(judged: Sequence[Judged], reader: str) -> Calibration:
    return fit([case.log_odds for case in judged], [case.right for case in judged], reader=reader)


def _digest(text: str) -> bytes:
    return sha256(text.encode(errors="surrogatepass")).digest()
