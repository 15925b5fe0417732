"""What the names and the numbers of a run are called on its page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import NamedTuple

from assistant.records import Reason


class Words(NamedTuple):
    """What a metric is called, and what it says."""

    label: str
    meaning: str


_ANSWERS = {
    "right": Words("Right", "exact, an F1 of 0.6 or more, or rightly declined"),
    "em": Words("Exact match", "equal to a gold answer after SQuAD's normalisation"),
    "f1": Words("F1", "words shared with the nearest gold answer"),
    "answer_contained": Words("Answer contained", "the answer holds all of a gold answer"),
    "right_answerable": Words("Right, answerable", "where there is an answer, never declining"),
    "em_answerable": Words("Exact match, answerable", "where there is an answer, never declining"),
    "f1_answerable": Words("F1, answerable", "where there is an answer, never declining"),
    "later_turns_right": Words("Right, later turns", "from a conversation's second question on"),
    "later_turns_em": Words("Exact match, later turns", "from a conversation's second question on"),
    "later_turns_f1": Words("F1, later turns", "from a conversation's second question on"),
}
_TRUST = {
    "citation_exact": Words("Citations exact", "the cited ranges of the source are the quote"),
    "citation_in_place": Words("Citations in place", "the citation falls on the gold place"),
    "abstention_precision": Words("Abstention precision", "of the declined, rightly declined"),
    "abstention_recall": Words("Abstention recall", "of the unanswerable, declined"),
    "ece": Words("Calibration error", "mean distance of confidence and accuracy; less is better"),
    "aurc": Words("Area under risk-coverage", "mean error over all coverages; less is better"),
}
_RETRIEVAL = {
    "recall@1": Words("Recall@1", "relevant documents in the first place"),
    "recall@5": Words("Recall@5", "relevant documents among the first five"),
    "recall@10": Words("Recall@10", "relevant documents among the first ten"),
    "mrr": Words("MRR", "one over the rank of the first relevant document"),
    "ndcg@10": Words("nDCG@10", "relevant documents near the top of the first ten"),
    **{
        f"{name}_recall@{k}": Words(f"{name.capitalize()} recall@{k}", meaning)
        for name, meaning in (
            ("passage", "a passage of the gold document that holds the answer"),
            ("answer", "a passage that holds the answer"),
        )
        for k in (1, 5, 10)
    },
}
_SPEED = {
    "latency_p50_ms": Words("Latency, median", "half of the questions took longer"),
    "latency_p95_ms": Words("Latency, p95", "one question in 20 took longer"),
    "latency_p99_ms": Words("Latency, p99", "one question in 100 took longer"),
    "questions_per_second": Words("Questions a second", "one after another"),
}
GROUPS: Mapping[str, Mapping[str, Words]] = MappingProxyType(
    {
        "Answers": _ANSWERS,
        "Citations, abstention and confidence": _TRUST,
        "Retrieval": _RETRIEVAL,
        "Speed": _SPEED,
    }
)
METRICS: Mapping[str, Words] = MappingProxyType(_ANSWERS | _TRUST | _RETRIEVAL | _SPEED)


def label(name: str) -> str:
    """Return what a metric, a cause or a setting is called; of an unknown one its name in words."""
    known = METRICS.get(name)
    return known.label if known else name.replace("_", " ").capitalize()


def meaning(name: str) -> str:
    """Return what a metric says, "" of an unknown one."""
    return METRICS[name].meaning if name in METRICS else ""


def in_order(names: Iterable[str]) -> list[str]:
    """Sort metrics as the page shows them, unknown ones last."""
    places = {name: place for place, name in enumerate(METRICS)}
    return sorted(set(names), key=lambda name: (places.get(name, len(places)), name))


def grouped(names: Iterable[str]) -> dict[str, list[str]]:
    """Return the metrics of each group, in order; those of none are in "Others"."""
    groups: dict[str, list[str]] = {}
    for name in in_order(names):
        group = next((title for title, held in GROUPS.items() if name in held), "Others")
        groups.setdefault(group, []).append(name)
    return groups


def value(number: float, name: str = "", *, sign: bool = False) -> str:
    """Write a metric's value as it is read: latencies in milliseconds, shares to three decimals."""
    plus = "+" if sign else ""
    if name.startswith("latency"):
        return f"{number:{plus},.0f} ms"
    return f"{number:{plus}.1f}" if name == "questions_per_second" else f"{number:{plus}.3f}"


def probability(p: float) -> str:
    """Write the p-value of a test; no test tells how far it lies below a thousandth."""
    return "under 0.001" if p < 0.001 else f"{p:.3f}"


def reason(given: str | None) -> str:
    """Return why no answer was given, in words."""
    return Reason(given).in_words if given else ""


def percent(share: float) -> str:
    """Write a share, 0 to 1, as a percentage, with a decimal below ten per cent."""
    return f"{share:.1%}" if 0 < share < 0.1 else f"{share:.0%}"


def moment(written: str | datetime) -> str:
    """Write a moment, given in ISO 8601, for people: "22 November 2026, 15:20 UTC"."""
    when = datetime.fromisoformat(written) if isinstance(written, str) else written
    when = when.astimezone(UTC) if when.tzinfo else when
    return f"{when.day} {when:%B %Y, %H:%M} UTC"


def setting(given: object) -> str:
    """Write the value of a setting: yes and no for true and false, "none" for nothing."""
    if isinstance(given, bool):
        return "yes" if given else "no"
    return "none" if given is None else str(given)
