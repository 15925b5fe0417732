"""How answers and reports look in a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from itertools import chain
from time import perf_counter
from typing import TYPE_CHECKING

import click
from tqdm import tqdm

from index.events import Committed, Done, Event, Failed, Found, Skipped, Unchanged

if TYPE_CHECKING:  # what is only shown need not be loaded
    from assistant.calibrating import Report
    from assistant.evaluation.causes import Cause
    from assistant.evaluation.results import Evaluation
    from assistant.reader.training import Progress
    from assistant.records import Answer, Citation, NearPassage

_LONGEST_EXCERPT = 200  # characters of a passage that is only near
_LOSS_MEMORY = 0.98  # of the mean loss that is shown: what each step leaves of those before


def progress(events: Iterator[Event]) -> Iterator[str]:
    """Draw a progress bar over an indexing run; yield what it passed over and what it did."""
    with tqdm(unit="B", unit_scale=True, unit_divisor=1024, disable=None, leave=False) as bar:
        notes: list[str] = []
        for event in events:
            if isinstance(event, Found):
                bar.reset(total=event.size)
            elif isinstance(event, Failed | Skipped):
                kind = "failed" if isinstance(event, Failed) else "skipped"
                notes.append(printable(f"{kind}: {event.path}: {event.reason}"))
            elif isinstance(event, Done):
                bar.clear()
                yield from [*notes, _done(event)]
                notes.clear()
            if isinstance(event, Committed | Unchanged | Failed):
                bar.update(event.size)


def _done(event: Done) -> str:
    counts = {
        "indexed": event.committed,
        "unchanged": event.unchanged,
        "removed": event.removed,
        "skipped": event.skipped,
        "failed": event.failed,
    }
    told = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    held = f"{event.documents} documents, {event.passages} passages"
    return f"{told or 'nothing to do'}; the index holds {held if event.documents else 'nothing'}"


def training(
    steps: Iterator[Progress], *, losses: Sequence[float], last: int
) -> Iterator[Progress]:
    """Draw a progress bar over training, with mean loss, tokens a second and the time left.

    Where no one watches it is drawn once a minute, for the log.

    Args:
        steps: What to draw and pass on.
        losses: Of the steps done before.
        last: The step at which training will stop.
    """
    tokens, mean = 0, reduce(_mean_loss, losses, None)
    pause = 0.1 if sys.stderr.isatty() else 60.0
    with tqdm(total=last, initial=len(losses), unit="step", mininterval=pause) as bar:
        start = perf_counter()
        for step in steps:
            tokens += step.tokens
            mean = _mean_loss(mean, step.loss)
            rate = tokens / (perf_counter() - start)
            bar.set_postfix_str(f"loss {mean:.3f}, {rate:.0f} tokens/s", refresh=False)
            bar.update()
            yield step


def _mean_loss(mean: float | None, loss: float) -> float:
    return loss if mean is None else _LOSS_MEMORY * mean + (1 - _LOSS_MEMORY) * loss


def answer(given: Answer) -> str:
    """Return an answer with its citations, or an abstention with what was near."""
    confidence = f"Confidence {given.confidence:.0%}"
    others = [
        f"  or ({other.confidence:.0%}): {other.answer}  [{_place(other.citation)}]"
        for other in given.alternatives
    ]
    if given.reason:
        near = [f"  {_place(passage)}\n    {excerpt(passage.text)}" for passage in given.passages]
        nearest = ["", "Nearest passages:", *near] if near else []
        return "\n".join([f"{given.reason.in_words} {confidence}.", *others, *nearest])
    cited = [f"{_highlighted(c)}\n\n[{c.number}] {_place(c)}{_caveat(c)}" for c in given.citations]
    return "\n".join([*cited, confidence, *others])


def facts(given: Mapping[str, object]) -> str:
    """Return facts, a line each."""
    return "\n".join(f"{name:12} {value}" for name, value in given.items())


def evaluation(given: Evaluation) -> str:
    """Return a run's figures with their 95% intervals, the retrievers side by side, the causes."""
    retrieved = list(dict.fromkeys(chain.from_iterable(given.retrieval.values())))
    figures = {**given.metrics, **given.speed}
    lines = [
        f"{name:22} {figure.value:9.3f}   {figure.low:.3f} to {figure.high:.3f}"
        for name, figure in figures.items()
        if name not in retrieved
    ]
    if retrieved:
        lines.append("".join([f"{'':22}", *(f"{retriever:>10}" for retriever in given.retrieval)]))
    for name in retrieved:
        values = [figures[name].value for figures in given.retrieval.values()]
        lines.append("".join([f"{name:22}", *(f"{value:10.3f}" for value in values)]))
    return "\n".join([*lines, *_causes(given.causes)])


def _causes(counts: Mapping[Cause, int]) -> Iterator[str]:
    if counts:
        yield f"Why {sum(counts.values())} were missed:"
    for cause, count in counts.items():
        yield f"{cause:22}{count:6}   {cause.in_words}"


def _highlighted(citation: Citation) -> str:
    return citation.sentence.replace(citation.quote, click.style(citation.quote, bold=True), 1)


def _place(shown: Citation | NearPassage) -> str:
    headings = [heading for heading in shown.section if heading != shown.title]
    page = [f"page {shown.page}"] if shown.page else []
    return printable(" / ".join([shown.title, *headings, *page, shown.path]))


def _caveat(citation: Citation) -> str:
    changed = "\n    This file has changed since it was read: index it again to be sure."
    return changed if citation.stale else ""


def printable(text: str) -> str:
    """Replace line ends and the terminal's control characters, which a file's name may hold."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def excerpt(text: str) -> str:
    """Return the beginning of a text, on one line."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_EXCERPT else f"{text[:_LONGEST_EXCERPT]}…"


def report(found: Report) -> Iterator[str]:
    """Show how far a calibration can be held to, on questions that it was not fitted on."""
    yield (
        f"{found.questions} questions, {found.without_document} of them asked again without their "
        f"document; calibration error {found.calibration_error:.3f}"
    )
    yield f"{'confidence':>12}{'right':>8}{'questions':>12}"
    for bin_ in found.bins:
        yield f"{bin_.confidence:12.2f}{bin_.accuracy:8.2f}{bin_.count:12}"
    for selective in found.selective:
        yield (
            f"accepting {selective.accepted:.0%} of errors: {selective.coverage:.0%} of the "
            f"questions are answered, {selective.error:.1%} of them wrong"
        )
