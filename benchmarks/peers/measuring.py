"""Put a test set's questions to all systems in turns, and score what they give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from statistics import fmean, median
from time import perf_counter
from typing import TypeVar

from tqdm import tqdm

from assistant.evaluation.metrics import exact_match, f1, is_right
from assistant.evaluation.ranking import Run, score_rankings
from assistant.testsets.records import Conversation, GoldQuestion, Qrels, TestSet
from benchmarks.halves import digest, held_back
from benchmarks.peers import System

MS = "median ms a question"
RATE = "passages indexed a second"

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of one system on one test set.

    Attributes:
        figures: By metric, in the order of the table.
        answers: To each question, where it has answers.
        ms: That each question took.
    """

    figures: dict[str, float] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)
    ms: list[float] = field(default_factory=list)


def choose(test_set: TestSet, most: int | None) -> TestSet:
    """Keep what can be compared: first turns, answerable or judged, of the half held back.

    Args:
        test_set: What was read.
        most: How many questions to keep at most, by the hash of their ids; None for all.
    """
    asked = [conversation.turns[0] for conversation in held_back(test_set).conversations]
    known = [question for question in asked if question.answers != ()]
    kept = sorted(known, key=lambda question: digest(question.id))[:most]
    qrels = {asked.id: test_set.qrels[asked.id] for asked in kept if asked.id in test_set.qrels}
    conversations = tuple(Conversation((question,)) for question in kept)
    return replace(test_set, conversations=conversations, qrels=qrels)


def timed(call: Callable[[], Result]) -> tuple[Result, float]:
    """Return what a call gives and the seconds it takes."""
    begun = perf_counter()
    result = call()
    return result, perf_counter() - begun


def measure(
    systems: Sequence[System], test_set: TestSet, *, with_recall: bool = True
) -> list[Measured]:
    """Ask all systems, and return what came of each: answers, or rankings where none are known.

    Args:
        systems: With the documents indexed.
        test_set: What to ask.
        with_recall: Whether to score the documents found beside the answers.
    """
    texts = [question.text for question in test_set.questions]
    if test_set.format == "beir":
        ranked = in_turns([system.rank for system in systems], texts)
        return [
            Measured({**_score(test_set, found, ("ndcg@10", "recall@10")), MS: median(ms)}, ms=ms)
            for found, ms in ranked
        ]
    measured = []
    answered = in_turns([system.ask for system in systems], texts)
    for system, (answers, ms) in zip(systems, answered, strict=True):
        figures = score_answers(answers, test_set.questions)
        if test_set.qrels and with_recall:
            figures |= _score(test_set, [system.rank(text) for text in texts], ("recall@10",))
        measured.append(Measured({**figures, MS: median(ms)}, answers, ms))
    return measured


def _score(
    test_set: TestSet, rankings: Sequence[Sequence[str]], metrics: Sequence[str]
) -> dict[str, float]:
    ids = [question.id for question in test_set.questions]
    return score_run(test_set.qrels, dict(zip(ids, rankings, strict=True)), metrics)


def in_turns(
    calls: Sequence[Callable[[str], Result]], texts: Sequence[str]
) -> list[tuple[list[Result], list[float]]]:
    """Give each text to every call before the next text, each time another call being the first.

    So whatever else the machine is doing slows all alike. What loads at the first is not timed.

    Returns:
        For each call what it returned for the texts, and the milliseconds that it took.
    """
    for call in calls:
        call(texts[0])
    given: list[tuple[list[Result], list[float]]] = [([], []) for _ in calls]
    for at, text in enumerate(tqdm(texts, disable=None)):
        for turn in range(len(calls)):
            number = (at + turn) % len(calls)
            result, taken = timed(partial(calls[number], text))
            results, ms = given[number]
            results.append(result)
            ms.append(1e3 * taken)
    return given


def score_answers(answers: Sequence[str], questions: Sequence[GoldQuestion]) -> dict[str, float]:
    """Return the means of exact match and F1, and the share that is right."""
    golds = [question.answers or () for question in questions]
    return {
        name: fmean(map(metric, answers, golds))
        for name, metric in (("EM", exact_match), ("F1", f1), ("right", is_right))
    }


def score_run(qrels: Qrels, run: Run, metrics: Sequence[str]) -> dict[str, float]:
    """Return the means of some metrics over the judged questions."""
    scored = score_rankings(qrels, run).values()
    return {metric: fmean(scores[metric] for scores in scored) for metric in metrics}
