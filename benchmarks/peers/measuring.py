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
from index.records import Retriever

MS = "median ms a question"

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


def rates(documents: int, passages: int, taken: float) -> dict[str, float]:
    """Return how fast documents were indexed that made so many passages in so many seconds."""
    return {
        "documents indexed a second": documents / taken,
        "passages embedded a second": passages / taken,
    }


def measure(
    systems: Sequence[System], test_set: TestSet, *, with_recall: bool = True
) -> list[Measured]:
    """Ask all systems, and return what came of each: answers, or rankings where none are known.

    Args:
        systems: With the documents indexed.
        test_set: What to ask.
        with_recall: Whether to score the documents found beside the answers.
    """
    if test_set.format == "beir":
        return _measure_rankings(systems, test_set)
    questions = test_set.questions
    asks = [system.ask for system in systems]
    measured = []
    for system, given in zip(systems, in_turns(asks, _texts(test_set)), strict=True):
        answers, ms = [answer for answer, _ in given], [taken for _, taken in given]
        figures = score_answers(answers, questions)
        if test_set.qrels and with_recall:
            rankings = [system.rank(text, Retriever.HYBRID) for text in _texts(test_set)]
            figures |= _score(test_set, Retriever.HYBRID, rankings, ("recall@10",))
        measured.append(Measured({**figures, MS: median(ms)}, answers, ms))
    return measured


def _measure_rankings(systems: Sequence[System], test_set: TestSet) -> list[Measured]:
    """Rank all ways, and take the time of the hybrid one."""
    calls = [partial(system.rank, retriever=Retriever.HYBRID) for system in systems]
    measured = []
    for system, given in zip(systems, in_turns(calls, _texts(test_set)), strict=True):
        ms = [taken for _, taken in given]
        found = {Retriever.HYBRID: [ranking for ranking, _ in given]}
        for retriever in (Retriever.DENSE, Retriever.KEYWORDS):
            found[retriever] = [system.rank(text, retriever) for text in _texts(test_set)]
        figures: dict[str, float] = {}
        for retriever, rankings in found.items():
            figures |= _score(test_set, retriever, rankings, ("ndcg@10", "recall@10"))
        measured.append(Measured({**figures, MS: median(ms)}, ms=ms))
    return measured


def _texts(test_set: TestSet) -> list[str]:
    return [question.text for question in test_set.questions]


def _score(
    test_set: TestSet,
    retriever: Retriever,
    rankings: Sequence[Sequence[str]],
    metrics: Sequence[str],
) -> dict[str, float]:
    ids = [question.id for question in test_set.questions]
    scores = score_run(test_set.qrels, dict(zip(ids, rankings, strict=True)), metrics)
    return {f"{metric}, {retriever.value}": value for metric, value in scores.items()}


def in_turns(
    calls: Sequence[Callable[[str], Result]], texts: Sequence[str]
) -> list[list[tuple[Result, float]]]:
    """Give each text to every call before the next text, each time another call being the first.

    So whatever else the machine is doing slows all alike. What loads at the first is not timed.

    Returns:
        For each call what it returned for the texts, and the milliseconds that it took.
    """
    for call in calls:
        call(texts[0])
    given: list[list[tuple[Result, float]]] = [[] for _ in calls]
    for at, text in enumerate(tqdm(texts, disable=None)):
        for turn in range(len(calls)):
            number = (at + turn) % len(calls)
            result, taken = timed(partial(calls[number], text))
            given[number].append((result, 1e3 * taken))
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
