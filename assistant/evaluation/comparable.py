"""What a comparison needs of a run, taken from what ``evaluate --json`` writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import FiniteFloat, TypeAdapter, ValidationError

from assistant.evaluation import runs
from assistant.testsets.records import GoldQuestion
from index.errors import ConfigurationError

Gold = tuple[str, str, frozenset[str], str | None]  # id, question, answers, document


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question and what came of it; None is what a set without answers cannot tell."""

    id: str
    question: str
    answers: tuple[str, ...]
    conversation: int
    scores: Mapping[str, FiniteFloat]
    seconds: FiniteFloat
    document: str | None = None
    answer: str | None = None
    right: bool | None = None
    cause: str | None = None

    @property
    def gold(self) -> Gold:
        """What was asked for, so that another run can be held against it."""
        return self.id, self.question, frozenset(self.answers), self.document

    @property
    def figures(self) -> Mapping[str, float]:
        """The question's score in each metric, and its latency."""
        return {**self.scores, "latency_ms": self.seconds * 1000}


@dataclass(frozen=True, slots=True)
class ComparableRun:
    """A run: what it depends on, its questions in the order they were asked, and its figures."""

    version: Literal[1]
    settings: Mapping[str, Any]
    questions: tuple[AskedQuestion, ...]
    metrics: Mapping[str, Any] = field(default_factory=dict)
    retrieval: Mapping[str, Any] = field(default_factory=dict)
    speed: Mapping[str, Any] = field(default_factory=dict)


_RUN = TypeAdapter(ComparableRun)


def read_run(path: Path) -> ComparableRun:
    """Read a run from a file.

    Raises:
        ConfigurationError: It is not what ``evaluate --json`` of this version writes.
    """
    run = runs.load(path)
    try:
        return comparable(run)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise runs.not_a_run(path, f"{where}: {first['msg']}") from None


def comparable(run: Mapping[str, Any]) -> ComparableRun:
    """Take what a comparison needs from the object that ``evaluate --json`` writes."""
    return _RUN.validate_python(run)


def gold(question: GoldQuestion) -> Gold:
    """Return what a question of a test set asks for, as ``AskedQuestion.gold`` has it."""
    return question.id, question.text, frozenset(question.answers or ()), question.document


def refuse_unshared(golds: Iterable[Gold], before: ComparableRun) -> None:
    """Refuse a run that asked nothing of what is asked now: there would be nothing to compare.

    Raises:
        ConfigurationError: No question is the same in id, text, gold answers and document.
    """
    if not set(golds) & {asked.gold for asked in before.questions}:
        raise ConfigurationError(
            f"the run to compare with, over {before.settings.get('test_set')}, shares no question "
            "with this one (same id, text, gold answers and document): compare runs of one test set"
        )
