"""What must hold of every document, whatever file it was made of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from index.cleaning import clean
from index.documents import encodable, make_document
from index.passages import split
from index.records import Document, Extraction, Passage, Range, agree
from index.sentences import split_sentences

_MAX_TOKENS = 256
_UNSEEN = re.compile(rb"\0+")
_RANGES = 3  # of a document's text that are sliced again from its source


class BrokenInvariantError(AssertionError):
    """Something that must hold does not."""


class _WordCounter:
    """Counts words and signs, as a tokenizer's tokens."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(re.findall(r"\w+|[^\w\s]", text)) for text in texts]


def check_extraction(extraction: Extraction) -> None:
    """Check an extraction, the document that cleaning makes of it, and the passages of that."""
    size = len(extraction.source_text)
    for block in extraction.blocks:
        for start, end in block.ranges:
            _hold(0 <= start < end <= size, f"range {start}-{end} of {size} characters")
    for page in extraction.pages:
        _hold(0 <= page.start <= page.end <= size, f"page {page}")
    check_document(make_document(encodable(extraction), root="r", path="p", sha256=""))


def check_document(document: Document) -> None:
    """Check that a document's text slices its source, and what its passages are."""
    at = 0
    for block in document.blocks:
        _hold(at <= block.start < block.end <= len(document.text), f"block {block} after {at}")
        at = block.end
    random = Random(len(document.text))
    spans = [(block.start, block.end) for block in document.blocks[:_RANGES]]
    for _ in range(_RANGES):
        first, last = (random.randint(0, len(document.text)) for _ in range(2))
        spans.append((min(first, last), max(first, last)))
    for start, end in [(0, len(document.text)), *spans]:
        if start < end:
            _check_quote(document, start, end)
    check_passages(document)


def _check_quote(document: Document, start: int, end: int) -> None:
    first, last = document.alignment.widen(start, end)
    _hold(first <= start and end <= last, f"{start}-{end} widened to {first}-{last}")
    ranges = document.alignment.source_ranges(first, last)
    _hold(all(0 <= a < b <= len(document.source_text) for a, b in ranges), f"ranges {ranges}")
    source = "".join(document.source_text[a:b] for a, b in ranges)
    quote = document.text[first:last]
    _hold(agree(quote, source), f"quote {quote[:200]!r} of source {source[:200]!r}")


def check_cleaning(extraction: Extraction) -> None:
    """Check that cleaned text slices the source that it was made of."""
    clean(extraction)
    check_document(make_document(extraction, root="r", path="p", sha256=""))


def check_passages(document: Document) -> None:
    """Check that passages slice the document, hold all of its text, and fit the embedder."""
    counter = _WordCounter()
    passages = split(document, counter, max_tokens=_MAX_TOKENS)
    seen = bytearray(len(document.text))
    for passage in passages:
        _hold(document.text[passage.start : passage.end] == passage.text, f"{passage} slices not")
        seen[passage.start : passage.end] = b"\1" * (passage.end - passage.start)
        _check_sentences(passage, passage.sentences)
        sizes = counter.count_tokens([passage.context(document.title), passage.text])
        _hold(sum(sizes) + 2 <= _MAX_TOKENS, f"{sum(sizes)} tokens in {passage.text[:200]!r}")
    headings = {heading for passage in passages for heading in passage.section}
    for block in document.blocks:  # what is only a heading stands before the text
        if document.text[block.start : block.end] in headings:
            seen[block.start : block.end] = b"\1" * (block.end - block.start)
    for gap in _UNSEEN.finditer(seen):
        left = document.text[slice(*gap.span())]
        _hold(not left.strip(), f"{left[:200]!r} stands in no passage")


def _check_sentences(passage: Passage, sentences: Sequence[Range]) -> None:
    at = passage.start
    for start, end in sentences:
        _hold(at <= start < end <= passage.end, f"sentence {start}-{end} in {passage}")
        at = end


def check_sentences(text: str) -> None:
    """Check that sentences are in order, without white space around, and hold all letters."""
    at = 0
    for start, end in split_sentences(text):
        _hold(not text[at:start].strip(), f"{text[at:start]!r} is in no sentence")
        _hold(text[start:end].strip() == text[start:end] != "", f"sentence {text[start:end]!r}")
        at = end
    _hold(not text[at:].strip(), f"{text[at:]!r} is in no sentence")


def _hold(condition: object, broken: str) -> None:
    if not condition:
        raise BrokenInvariantError(broken)
