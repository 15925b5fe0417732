"""The records that indexing and search pass along: frozen, and free of files and models.

Offsets are half-open and count characters; higher scores are better; ranks start at 1.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

Range = tuple[int, int]

LONGEST_CONTEXT = 200  # characters of title and heading path before a passage's text


class BlockKind(StrEnum):
    """What a block of text is to its reader."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    CAPTION = "caption"
    TABLE_ROW = "table_row"
    CODE = "code"
    FOOTNOTE = "footnote"


@dataclass(frozen=True, slots=True)
class SourceBlock:
    """One block as a format reader found it: ranges of the source text in reading order.

    What lies between two ranges (markup, a page break, a footnote block) is not part of the block.
    """

    kind: BlockKind
    ranges: tuple[Range, ...]
    level: int = 0  # of a heading, 1 the highest; of a list item, its depth from 1


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a paged document: a half-open range of its source text."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a format reader makes of a file's bytes, before cleaning.

    ``source_text`` counts characters of the decoded bytes for plain text, Markdown and CSV (no
    newline translation, a byte order mark counts), and is what extraction gave for the rest.
    """

    source_text: str
    blocks: tuple[SourceBlock, ...]
    media_type: str
    extractor: str  # name and version: a new one extracts again
    title: str = ""  # "" where the document names none
    pages: tuple[Page, ...] = ()
    published: str | None = None  # ISO 8601 date, as far as the document says
    quality: float = 1.0  # 0 to 1: how well the text was extracted
    metadata: Mapping[str, str] = field(default_factory=dict)


class AlignedRun(NamedTuple):
    """A stretch of reading text and the stretch of source text that it shows.

    The lengths differ only where characters were replaced (ligature, NFC, joined hyphen,
    folded white space); such a run maps as a whole.
    """

    text_start: int
    text_length: int
    source_start: int
    source_length: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """Which source characters every stretch of reading text shows.

    Runs are sorted by ``text_start`` and do not overlap; text outside every run (the blank lines
    between blocks) shows no source.
    """

    runs: tuple[AlignedRun, ...]

    def widen(self, start: int, end: int) -> Range:
        """Widen a range of reading text so that it cuts through no replaced stretch.

        A quote is always shown widened: half of a ligature has no source range of its own.
        """
        for run in self._overlapping(start, end):
            if run.text_length != run.source_length:
                start = min(start, run.text_start)
                end = max(end, run.text_start + run.text_length)
        return start, end

    def source_ranges(self, start: int, end: int) -> tuple[Range, ...]:
        """Return the source ranges that ``[start, end)`` of the reading text shows.

        Returns:
            Half-open ranges of the source text in reading order, those that touch joined.
        """
        ranges: list[Range] = []
        for run in self._overlapping(start, end):
            first, last = run.source_start, run.source_start + run.source_length
            if run.text_length == run.source_length:
                first += max(0, start - run.text_start)
                last -= max(0, run.text_start + run.text_length - end)
            if ranges and ranges[-1][1] == first:
                ranges[-1] = (ranges[-1][0], last)
            else:
                ranges.append((first, last))
        return tuple(ranges)

    def _overlapping(self, start: int, end: int) -> Sequence[AlignedRun]:
        first = max(0, bisect_right(self.runs, start, key=lambda run: run.text_start) - 1)
        last = bisect_right(self.runs, end - 1, key=lambda run: run.text_start)
        return [run for run in self.runs[first:last] if run.text_start + run.text_length > start]


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a document's reading text: a paragraph, a heading, a table row."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """One file, read: its source text, its reading text, and how the two are aligned."""

    id: str  # of its root's name and its relative POSIX path
    root: str
    path: str  # relative to the root, POSIX
    title: str
    media_type: str
    sha256: str  # of the file's bytes
    source_text: str
    source_sha256: str  # of the source text as UTF-8
    text: str
    alignment: Alignment
    blocks: tuple[Block, ...]
    pages: tuple[Page, ...]
    extractor: str
    quality: float
    modified_at: float  # seconds since the epoch
    published: str | None
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document's reading text that is searched and read as one."""

    id: str  # of the document's id, the offsets and the text
    document_id: str
    start: int
    end: int
    text: str  # Document.text[start:end]
    sentences: tuple[Range, ...]  # in Document.text, within [start, end)
    section: tuple[str, ...]  # heading path, outermost first; a table's caption last

    def context(self, title: str) -> str:
        """Return the line that is searched and embedded before the text.

        It is the document's title and the heading path, shortened to what leaves room for the text.
        """
        headings = [heading for heading in self.section if heading != title]
        line = " > ".join(filter(None, [title, *headings]))
        if len(line) > LONGEST_CONTEXT:
            line = " > ".join(filter(None, [title[: LONGEST_CONTEXT // 2], *headings[-1:]]))
        return line[:LONGEST_CONTEXT]


class Retriever(StrEnum):
    """Which search found a hit."""

    DENSE = "dense"
    KEYWORDS = "keywords"
    HYBRID = "hybrid"


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that search found."""

    passage: Passage
    context: str  # the passage's, under its document's title
    score: float
    rank: int
    retriever: Retriever


def agree(left: str, right: str) -> bool:
    """Tell whether two texts hold the same letters and digits in the same order.

    They are compared decomposed (NFKD) and after case folding, with their accents; everything else
    is dropped. Only then can an accent come to stand on a letter that it was parted from.
    """
    return _letters_and_digits(left) == _letters_and_digits(right)


def _letters_and_digits(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFKD", "".join(filter(_is_kept, decomposed)))


def _is_kept(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character)[0] == "M"
