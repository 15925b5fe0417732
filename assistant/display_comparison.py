"""How the comparison of two runs looks in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from assistant.display import excerpt, printable

if TYPE_CHECKING:  # what is only shown need not be loaded
    from assistant.evaluation.comparing import Change, Comparison
    from assistant.evaluation.differences import Difference
    from assistant.evaluation.failing import Failure

_MOST_CHANGES = 20  # questions listed of those gained, and of those lost


def comparison(given: Comparison) -> Iterator[str]:
    """Show two runs side by side: metrics, settings, and the questions gained and lost."""
    yield f"Questions asked in both runs: {given.shared}{_left_out(given)}"
    yield (
        f"{'':22}{'now':>9}{'before':>10}   {'difference and 95% interval':34}"
        f"{'p':>7}{'better':>8}{'worse':>7}"
    )
    yield from map(_metric, given.metrics)
    yield (
        "p: paired randomisation test of each metric by itself; of 20 that do not differ, one is "
        "under 0.05 by chance"
    )
    if given.not_compared:
        yield printable(f"Not compared question by question: {', '.join(given.not_compared)}")
    differing = [
        printable(f"{setting.name} {setting.before} → {setting.now}") for setting in given.settings
    ]
    yield f"Settings that differ: {'; '.join(differing) or 'none'}"
    yield from _changes("Wrong before, right now", given.gained)
    yield from _changes("Right before, wrong now", given.lost)


def failure(given: Failure) -> str:
    """Return one line that says which metric fell short, of what it is and of what was asked."""
    return f"{given.metric} is {given.value:.6g}, under the {given.asked:g} that was asked"


def _left_out(given: Comparison) -> str:
    told = {
        "only now": given.only_now,
        "only before": given.only_before,
        "with another text, gold answer or document": given.changed,
    }
    left_out = [f"{len(ids)} {why}" for why, ids in told.items() if ids]
    return f"; left out: {', '.join(left_out)}" if left_out else ""


def _metric(given: Difference) -> str:
    difference = given.difference
    interval = f"{difference.value:+z9.3f}   {difference.low:+z.3f} to {difference.high:+z.3f}"
    p = f"{given.p:.3f}" if given.p >= 0.001 else "<0.001"
    return (
        f"{given.metric:22}{given.now:9.3f}{given.before:10.3f}   {interval:34}"
        f"{p:>7}{given.wins:8}{given.losses:7}"
    )


def _changes(title: str, changes: Sequence[Change]) -> Iterator[str]:
    if changes:
        yield f"{title}: {len(changes)}"
    for change in changes[:_MOST_CHANGES]:
        yield f"  {_shown(change.id)}  {_shown(change.question)}"
        yield f"    before: {_outcome(change.answer_before, change.cause_before)}"
        yield f"    now:    {_outcome(change.answer_now, change.cause_now)}"
    if len(changes) > _MOST_CHANGES:
        yield f"  and {len(changes) - _MOST_CHANGES} more"


def _outcome(answer: str | None, cause: str | None) -> str:
    return _shown(answer or "declined") + (f"  ({cause})" if cause else "")


def _shown(text: str) -> str:
    return printable(excerpt(text))
