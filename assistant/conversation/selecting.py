"""A selection in a document's source → the words that it shows, quoted as an answer is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from assistant.conversation.feedback import Place
from index.records import Document, Range

LONGEST_SELECTION = 1_000  # characters


class _Stretch(NamedTuple):
    """Where a stretch of the source starts, and the reading text that it shows."""

    source_start: int
    text: Range


class SelectionError(ValueError):
    """What is selected lies outside the document, or holds no words or too many."""


def select_words(document: Document, ranges: Sequence[Range]) -> Place:
    """Quote what ranges of the source text show, without the markup and page heads among it.

    Args:
        document: The document.
        ranges: Half-open, of the source text.

    Raises:
        SelectionError: They are no ranges of this document, or hold none or too many of its words.
    """
    length = len(document.source_text)
    for start, end in ranges:
        if not 0 <= start < end <= length:
            raise SelectionError(
                f"{start} to {end} is no range of this document's {length} characters"
            )
    shown = _trimmed(document.text, [part for span in ranges for part in _shown(document, span)])
    quote = " ".join(document.text[start:end] for start, end in shown)
    if not 0 < len(quote) <= LONGEST_SELECTION:
        raise SelectionError(
            f"select the words that answer, at most {LONGEST_SELECTION:,} characters"
        )
    source_ranges = [part for span in shown for part in document.alignment.source_ranges(*span)]
    return Place(document.id, document.path, document.sha256, tuple(source_ranges), quote)


def _shown(document: Document, span: Range) -> list[Range]:
    """Return the reading text that a range shows, from its first character to its last.

    A footnote stands in the source between two pages and is read after them: it is not meant by
    who selects the sentence that goes on over the page.
    """
    found = sorted(_stretches(document, span))
    if not found:
        return []
    first, last = found[0].text[0], found[-1].text[1]
    return [part for _, part in found if first > last or first <= part[0] < last]


def _stretches(document: Document, span: Range) -> Iterator[_Stretch]:
    for run in document.alignment.runs:
        start = max(span[0] - run.source_start, 0)
        end = min(span[1] - run.source_start, run.source_length)
        if start >= end:
            continue
        if run.text_length != run.source_length:  # what was replaced is shown as a whole
            start, end = 0, run.text_length
        yield _Stretch(run.source_start, (run.text_start + start, run.text_start + end))


def _trimmed(text: str, spans: Sequence[Range]) -> list[Range]:
    """Join spans that only white space parts, and leave out what of it is around them."""
    joined: list[Range] = []
    for start, end in sorted(spans):
        words = text[start:end].strip()
        if not words:
            continue
        start = text.index(words, start)
        end = start + len(words)
        if joined and not text[joined[-1][1] : start].strip():
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return joined
