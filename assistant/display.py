"""How answers and reports look in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:  # what is only shown need not be loaded
    from assistant.evaluation.results import Evaluation
    from assistant.records import Answer, Citation, NearPassage
    from index.events import Done

_LONGEST_EXCERPT = 200  # characters of a passage that is only near


def done(event: Done) -> str:
    """Return what an indexing run did, in a line."""
    counts = {
        "indexed": event.committed,
        "unchanged": event.unchanged,
        "removed": event.removed,
        "skipped": event.skipped,
        "failed": event.failed,
    }
    told = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    held = (
        f"{event.documents} documents, {event.passages} passages" if event.documents else "nothing"
    )
    return f"{told or 'nothing to do'}; the index holds {held}"


def answer(given: Answer) -> str:
    """Return an answer with its citations, or an abstention with what was near."""
    confidence = f"Confidence {given.confidence:.0%}"
    if given.abstained:
        near = [f"  {_place(passage)}\n    {_excerpt(passage.text)}" for passage in given.passages]
        nearest = ["", "Nearest passages:", *near] if near else []
        return "\n".join([f"The documents don't say. {confidence}.", *nearest])
    cited = [f"{_highlighted(c)}\n\n[{c.number}] {_place(c)}" for c in given.citations]
    others = [
        f"  or ({other.confidence:.0%}): {other.answer}  [{_place(other.citation)}]"
        for other in given.alternatives
    ]
    return "\n".join([*cited, confidence, *others])


def facts(given: Mapping[str, object]) -> str:
    """Return facts, a line each."""
    return "\n".join(f"{name:12} {value}" for name, value in given.items())


def evaluation(given: Evaluation) -> str:
    """Return the figures of a run with their 95% intervals, and the retrievers side by side."""
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
    return "\n".join(lines)


def _highlighted(citation: Citation) -> str:
    return citation.sentence.replace(citation.quote, click.style(citation.quote, bold=True))


def _place(shown: Citation | NearPassage) -> str:
    headings = [heading for heading in shown.section if heading != shown.title]
    page = [f"page {shown.page}"] if shown.page else []
    return f"{shown.title} / {' / '.join([*headings, *page, shown.path])}"


def _excerpt(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_EXCERPT else f"{text[:_LONGEST_EXCERPT]}…"
