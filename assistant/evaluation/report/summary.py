"""What a run came to: in words, by group, and miss by miss."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from assistant.evaluation.causes import Cause
from assistant.evaluation.report.words import in_order, label, percent, value

_GROUPS = {
    "by_kind": ("kind", "By kind of question", "Kind"),
    "by_document": ("document", "By document", "Document"),
    "by_turn": ("turn", "By turn of a conversation", "Turn"),
}
_OF_RETRIEVAL = ("ndcg@10", "recall@10", "mrr")  # the first of them tells most

Figures = Mapping[str, Mapping[str, float]]  # metric → value, low, high


@dataclass(frozen=True, slots=True)
class Outcome:
    """A way in which questions ended, and how many did."""

    name: str
    words: str
    count: int


@dataclass(frozen=True, slots=True)
class Headline:
    """What a run came to, in words."""

    title: str
    sentences: tuple[str, ...]
    outcomes: tuple[Outcome, ...]


class Row(NamedTuple):
    """One group of questions."""

    name: str
    questions: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class Grouping:
    """The scores of groups of questions."""

    name: str
    title: str
    column: str
    metrics: Sequence[str]
    rows: Sequence[Row]


class Missed(NamedTuple):
    """A cause of misses, and each of them with its place among all questions."""

    cause: str
    description: str
    questions: Sequence[tuple[int, Mapping[str, Any]]]


def headline(run: Mapping[str, Any]) -> Headline:
    """Say how many questions were right, how many answers wrong, and how often none was given."""
    scored = [question for question in run["questions"] if question["right"] is not None]
    if not scored:
        return _of_retrieval(run["metrics"], len(run["questions"]))
    counts = Counter((bool(each["abstained"]), bool(each["right"])) for each in scored)
    given, said = counts[False, True], counts[True, True]
    missed, wrong = counts[True, False], counts[False, False]
    outcomes = (
        Outcome("answered-right", "answered right", given),
        Outcome("declined-right", "rightly declined", said),
        Outcome("declined-wrong", "declined, though there is an answer", missed),
        Outcome("answered-wrong", "answered wrong", wrong),
    )
    right = given + said
    return Headline(
        f"Right on {right:,} of {_counted(len(scored), 'question')} "
        f"({percent(right / len(scored))})",
        (_errors(given, wrong), _declined(said, missed)),
        tuple(outcome for outcome in outcomes if outcome.count),
    )


def _of_retrieval(metrics: Figures, questions: int) -> Headline:
    title = f"Passages found for {_counted(questions, 'question')}"
    told = tuple(
        f"{label(name)} is {value(figure['value'])} "
        f"(95% interval {value(figure['low'])} to {value(figure['high'])})."
        for name in _OF_RETRIEVAL
        if (figure := metrics.get(name))
    )
    return Headline(title, (*told[:1], "The test set judges documents, not answers."), ())


def _errors(right: int, wrong: int) -> str:
    given = right + wrong
    if not given:
        return "It answered nothing."
    if not wrong:
        return f"It gave {_counted(given, 'answer')}, none of them wrong."
    told = f"{wrong:,} {'is' if wrong == 1 else 'are'} wrong ({percent(wrong / given)})"
    return f"It gave {_counted(given, 'answer')}, of which {told}."


def _declined(right: int, wrong: int) -> str:
    if not right + wrong:
        return "It never declined."
    return f"It declined {_counted(right + wrong, 'question')}, {right:,} of them rightly."


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def groupings(run: Mapping[str, Any]) -> list[Grouping]:
    """Return the scores by kind, document and turn, as far as the run holds them."""
    return [_grouping(name, run[name], run["questions"]) for name in _GROUPS if run.get(name)]


def _grouping(
    name: str, scores: Mapping[str, Figures], questions: Sequence[Mapping[str, Any]]
) -> Grouping:
    field, title, column = _GROUPS[name]
    counts = Counter(str(question.get(field)) for question in questions)
    rows = [Row(group, counts[group], figures) for group, figures in scores.items()]
    if name != "by_turn":
        rows.sort(key=lambda row: (-row.questions, row.name))
    metrics = in_order(metric for figures in scores.values() for metric in figures)
    return Grouping(name.replace("_", "-"), title, column, metrics, rows)


def misses(run: Mapping[str, Any]) -> list[Missed]:
    """Return the causes of a run's misses, the commonest first, with the questions of each."""
    found: dict[str, list[tuple[int, Mapping[str, Any]]]] = {}
    for place, question in enumerate(run["questions"]):
        if question["cause"]:
            found.setdefault(question["cause"], []).append((place, question))
    return [
        Missed(cause, describe(cause), questions)
        for cause, questions in sorted(found.items(), key=lambda each: (-len(each[1]), each[0]))
    ]


def describe(cause: str) -> str:
    """Return what a cause means; of one that is not known here, its name in words."""
    return Cause(cause).in_words if cause in set(Cause) else label(cause)
