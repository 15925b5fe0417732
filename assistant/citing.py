"""Ranges of reading text → citations that have been checked against their source."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from assistant.records import Answer, Citation, NearPassage
from index.errors import SourceChangedError
from index.records import Document, Hit, Range, agree


def cite(document: Document, hit: Hit, span: Range, *, number: int) -> Citation:
    """Cite a span of a document's reading text.

    Args:
        document: The document.
        hit: The hit whose passage holds the span.
        span: A half-open range of the reading text.
        number: The citation's number in its answer.

    Raises:
        SourceChangedError: The source ranges do not slice what the quote says.
    """
    _prove(document, hit)
    quoted = _widened(document, span)
    sentence = _widened(document, _sentence_around(hit, quoted))
    quote, ranges = _slice(document, quoted)
    sentence_text, sentence_ranges = _slice(document, sentence)
    return Citation(
        number=number,
        document_id=document.id,
        title=document.title,
        path=document.path,
        sha256=document.sha256,
        page=page_of(document, ranges),
        section=hit.passage.section,
        quote=quote,
        sentence=sentence_text,
        source_ranges=ranges,
        source_sha256=document.source_sha256,
        sentence_ranges=sentence_ranges,
        url=_url(document.id, ranges),
        published=document.published,
        modified_at=datetime.fromtimestamp(document.modified_at, UTC).isoformat(),
    )


def quote(document: Document, span: Range) -> tuple[str, tuple[Range, ...]]:
    """Return a span as it is quoted, widened to whole replaced stretches, and its source ranges.

    Raises:
        SourceChangedError: The source ranges do not slice what the quote says.
    """
    return _slice(document, _widened(document, span))


def mark_stale(answer: Answer, stale: Callable[[Collection[str]], Collection[str]]) -> Answer:
    """Say of each citation whether its file is still what was indexed.

    Args:
        answer: The answer, all of whose citations are still taken to be so.
        stale: Returns those of some documents whose files are not.
    """
    cited = [*answer.citations, *(other.citation for other in answer.alternatives)]
    changed = stale({citation.document_id for citation in cited})

    def marked(citation: Citation) -> Citation:
        return replace(citation, stale=citation.document_id in changed)

    return replace(
        answer,
        citations=tuple(map(marked, answer.citations)),
        alternatives=tuple(
            replace(other, citation=marked(other.citation)) for other in answer.alternatives
        ),
    )


def show_passage(document: Document, hit: Hit) -> NearPassage:
    """Return a hit as it is shown beside an answer.

    Raises:
        SourceChangedError: The document does not say so.
    """
    _prove(document, hit)
    passage = hit.passage
    ranges = document.alignment.source_ranges(passage.start, passage.end)
    return NearPassage(
        document_id=document.id,
        title=document.title,
        path=document.path,
        page=page_of(document, ranges),
        section=passage.section,
        text=passage.text,
        source_ranges=ranges,
        source_sha256=document.source_sha256,
        score=hit.score,
        rank=hit.rank,
        retriever=hit.retriever.value,
    )


def page_of(document: Document, ranges: Sequence[Range]) -> int | None:
    """Return the number of the page on which the first range starts, if there are pages."""
    if not document.pages or not ranges:
        return None
    at = bisect_right(document.pages, ranges[0][0], key=lambda page: page.start) - 1
    return document.pages[max(at, 0)].number


def _prove(document: Document, hit: Hit) -> None:
    """Refuse a passage of another version of its document."""
    start, end = hit.passage.start, hit.passage.end
    if document.text[start:end] != hit.passage.text:
        raise SourceChangedError(
            f"{document.path} does not say what was indexed of it: see `assistant doctor`, and "
            "index the file again"
        )


def _widened(document: Document, span: Range) -> Range:
    """Widen a range to whole replaced stretches, but by no space: a cell's last character has one.

    A table's cells are parted by tabs that stand for nothing in the source.
    """
    start, end = document.alignment.widen(*span)
    while end > span[1] and document.text[end - 1].isspace():
        end -= 1
    return start, end


def _sentence_around(hit: Hit, span: Range) -> Range:
    """Return the range from the first to the last sentence that a span touches."""
    touched = [s for s in hit.passage.sentences if s[0] < span[1] and s[1] > span[0]]
    return min(touched[0][0], span[0]), max(touched[-1][1], span[1])


def _slice(document: Document, span: Range) -> tuple[str, tuple[Range, ...]]:
    text = document.text[slice(*span)]
    ranges = document.alignment.source_ranges(*span)
    if not agree(text, "".join(document.source_text[slice(*r)] for r in ranges)):
        raise SourceChangedError(
            f"{document.path}: the quote {text[:60]!r} is not what its source says: "
            "index the file again"
        )
    return text, ranges


def _url(document_id: str, ranges: Sequence[Range]) -> str:
    listed = ",".join(f"{start}-{end}" for start, end in ranges)
    return f"/documents/{document_id}?ranges={listed}#first"
