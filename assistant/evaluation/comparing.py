"""Compare two runs over the questions that both asked: what differs, and whether by chance."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from assistant.evaluation.comparable import AskedQuestion, ComparableRun, refuse_unshared
from assistant.evaluation.differences import Difference, Pair, differences
from index.records import Retriever

_OF_ONE_RUN = frozenset({"started_at"})  # settings that no two runs share


@dataclass(frozen=True, slots=True)
class Change:
    """A question that is right in one run and wrong in the other; an answer of "" declines."""

    id: str
    question: str
    answers: tuple[str, ...]
    answer_before: str | None
    answer_now: str | None
    cause_before: str | None
    cause_now: str | None


@dataclass(frozen=True, slots=True)
class SettingChange:
    """A setting that differs; None where a run lacks it."""

    name: str
    before: Any
    now: Any


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side.

    Attributes:
        shared: How many questions are the same in both: id, text, gold answers and document.
        metrics: Over the shared questions.
        gained: Shared questions that are right now and were wrong.
        lost: Those that were right and are wrong now.
        only_now: Ids of the questions that only this run asked.
        only_before: Ids of those that only the other asked.
        changed: Ids that stand for another text, gold answer or document now; not compared.
        settings: Those that differ.
        not_compared: Figures of this run that are of no question by itself, and searches that it
            did not answer from.
    """

    shared: int
    metrics: tuple[Difference, ...]
    gained: tuple[Change, ...]
    lost: tuple[Change, ...]
    only_now: tuple[str, ...]
    only_before: tuple[str, ...]
    changed: tuple[str, ...]
    settings: tuple[SettingChange, ...]
    not_compared: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the ``comparison`` of what ``evaluate --json`` writes."""
        of_metrics = {given.metric: asdict(given) for given in self.metrics}
        for given in of_metrics.values():
            del given["metric"]
        return asdict(self) | {"metrics": of_metrics}


def compare(now: ComparableRun, before: ComparableRun) -> Comparison:
    """Compare two runs over the questions that both asked.

    Raises:
        ConfigurationError: There is no such question.
    """
    refuse_unshared((asked.gold for asked in now.questions), before)
    asked_now = {asked.id: asked for asked in now.questions}
    asked_before = {asked.id: asked for asked in before.questions}
    by_both = [(asked_now[id_], asked_before[id_]) for id_ in asked_now if id_ in asked_before]
    pairs = [pair for pair in by_both if pair[0].gold == pair[1].gold]
    compared = tuple(differences(pairs))
    return Comparison(
        len(pairs),
        compared,
        tuple(_change(*pair) for pair in pairs if _were_right(pair) == (True, False)),
        tuple(_change(*pair) for pair in pairs if _were_right(pair) == (False, True)),
        tuple(id_ for id_ in asked_now if id_ not in asked_before),
        tuple(id_ for id_ in asked_before if id_ not in asked_now),
        tuple(asked.id for asked, other in by_both if asked.gold != other.gold),
        tuple(_setting_changes(now.settings, before.settings)),
        tuple(_not_compared(now, {given.metric for given in compared})),
    )


def _were_right(pair: Pair) -> tuple[bool | None, bool | None]:
    return pair[0].right, pair[1].right


def _change(now: AskedQuestion, before: AskedQuestion) -> Change:
    return Change(
        now.id,
        now.question,
        now.answers,
        answer_before=before.answer,
        answer_now=now.answer,
        cause_before=before.cause,
        cause_now=now.cause,
    )


def _not_compared(now: ComparableRun, compared: Collection[str]) -> Iterable[str]:
    yield from (name for name in (*now.metrics, *now.speed) if name not in compared)
    answered_from = Retriever.HYBRID if Retriever.HYBRID in now.retrieval else Retriever.KEYWORDS
    yield from (f"retrieval by {name}" for name in now.retrieval if name != answered_from)


def _setting_changes(now: Mapping[str, Any], before: Mapping[str, Any]) -> Iterable[SettingChange]:
    for name in dict.fromkeys([*now, *before]):
        if name not in _OF_ONE_RUN and now.get(name) != before.get(name):
            yield SettingChange(name, before.get(name), now.get(name))
