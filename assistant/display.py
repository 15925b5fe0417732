"""How answers and reports look in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:  # what is only shown need not be loaded
    from assistant.evaluation.results import Evaluation
    from assistant.records import Answer, Citation
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
        near = [
            f"  {_place(p.path, p.section, p.page)}\n    {_excerpt(p.text)}" for p in given.passages
        ]
        nearest = ["", "Nearest passages:", *near] if near else []
        return "\n".join([f"The documents don't say. {confidence}.", *nearest])
    cited = [f"{_highlighted(c)}\n\n[{c.number}] {_cited_place(c)}" for c in given.citations]
    others = [
        f"  or ({other.confidence:.0%}): {other.answer}  [{_cited_place(other.citation)}]"
        for other in given.alternatives
    ]
    return "\n".join([*cited, confidence, *others])


def facts(given: Mapping[str, object]) -> str:
    """Return facts, a line each."""
    return "\n".join(f"{name:12} {value}" for name, value in given.items())


def evaluation(given: Evaluation) -> str:
    """Return the figures of a run, each with its 95% interval."""
    rows = [("", given.metrics), ("", given.speed)]
    rows += [(f"{retriever.value} ", figures) for retriever, figures in given.retrieval.items()]
    return "\n".join(
        f"{prefix + name:30} {estimate.value:9.3f}   {estimate.low:.3f} to {estimate.high:.3f}"
        for prefix, figures in rows
        for name, estimate in figures.items()
    )


def _highlighted(citation: Citation) -> str:
    return citation.sentence.replace(citation.quote, click.style(citation.quote, bold=True))


def _cited_place(citation: Citation) -> str:
    return f"{citation.title}: {_place(citation.path, citation.section, citation.page)}"


def _place(path: str, section: tuple[str, ...], page: int | None) -> str:
    return " / ".join([path, *section, *([f"page {page}"] if page else [])])


def _excerpt(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_EXCERPT else f"{text[:_LONGEST_EXCERPT]}…"
