"""Document → passages: sentence-aware, and never longer than the embedder reads."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Protocol

from index.records import Block, BlockKind, Document, Passage, Range
from index.sentences import split_sentences

_SPECIAL_TOKENS = 2  # that every embedder sets around a text
_SPACE = re.compile(r"\s")
_SHARE_OF_OVERLAP = 0.25  # of a passage, at most, that repeats the one before
# Characters. A tokenizer may give a word of any length one token, and a sign none.
_LONGEST_TOKEN = 16
_FARTHEST_SPACE = 1000  # characters, from the middle of what is cut


class TokenCounter(Protocol):
    """Counts a text's tokens, special ones apart."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, however long."""
        ...


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is never cut unless it alone is too long: a sentence, a table row."""

    start: int
    end: int
    tokens: int
    block: int


@dataclass(frozen=True, slots=True)
class _Group:
    """Neighbouring blocks that may share a passage."""

    section: tuple[str, ...]
    blocks: list[Block]
    overlaps: bool


def split(document: Document, counter: TokenCounter, *, max_tokens: int) -> tuple[Passage, ...]:
    """Split a document into passages.

    Blocks under one heading share passages as far as they fit; a paragraph that does not fit is
    divided between sentences, and the next passage repeats the last one. Tables and footnotes are
    apart from running text.

    Args:
        document: What to split.
        counter: The embedder, or whatever else counts in its tokens.
        max_tokens: The most that a passage may have, with its context and special tokens; more
            than ``LONGEST_CONTEXT`` characters can take.

    Returns:
        Passages in order of the text; one with an empty text for a document of a title alone.
    """
    passages = []
    for group in _groups(document):
        context = _passage(document, (), group.section).context(document.title)
        room = max(1, max_tokens - _SPECIAL_TOKENS - counter.count_tokens([context])[0])
        units = _units(document.text, group.blocks, counter, room)
        for packed in _pack(units, room, overlaps=group.overlaps):
            sentences = tuple((unit.start, unit.end) for unit in packed)
            passages.append(_passage(document, sentences, group.section))
    if not passages and document.title:
        passages.append(_passage(document, (), ()))
    return tuple(passages)


def _passage(document: Document, sentences: tuple[Range, ...], section: tuple[str, ...]) -> Passage:
    start, end = (sentences[0][0], sentences[-1][1]) if sentences else (0, 0)
    text = document.text[start:end]
    digest = hashlib.sha256(f"{document.id}:{start}:{end}:{text}".encode()).hexdigest()
    return Passage(digest[:24], document.id, start, end, text, sentences, section)


def _groups(document: Document) -> Iterator[_Group]:
    """Yield the document's blocks by heading, tables and footnotes apart."""
    path: list[tuple[int, str]] = []
    group = _Group((), [], overlaps=True)
    waiting: list[Block] = []  # headings and captions whose content is still to come
    for block in document.blocks:
        text = document.text[block.start : block.end]
        if block.kind is BlockKind.HEADING:
            yield from _filled(group)
            if waiting and waiting[-1].level >= block.level:
                yield _Group(_headings(path[:-1]), waiting, overlaps=True)
            path = [(level, title) for level, title in path if level < block.level]
            path.append((block.level, text))
            group, waiting = _Group(_headings(path), [], overlaps=True), [block]
            continue
        if block.kind is BlockKind.FOOTNOTE and waiting:  # notes stand under no heading
            yield _Group(_headings(path[:-1]), waiting, overlaps=True)
        section = _section(block, path, text, group)
        if section != group.section or _apart(block) != (not group.overlaps):
            yield from _filled(group)
            group = _Group(section, [], overlaps=not _apart(block))
        group.blocks.append(block)
        waiting = []
    yield from _filled(group)
    if waiting:
        yield _Group(_headings(path[:-1]), waiting, overlaps=True)


def _section(
    block: Block, path: Sequence[tuple[int, str]], text: str, group: _Group
) -> tuple[str, ...]:
    """Return a block's heading path; a table's rows carry its caption as the last heading."""
    if block.kind is BlockKind.FOOTNOTE:
        return ()
    if block.kind is BlockKind.CAPTION:
        return (*_headings(path), text)
    if block.kind is BlockKind.TABLE_ROW and group.blocks and not group.overlaps:
        return group.section
    return _headings(path)


def _apart(block: Block) -> bool:
    return block.kind in (BlockKind.FOOTNOTE, BlockKind.TABLE_ROW, BlockKind.CAPTION)


def _filled(group: _Group) -> Iterator[_Group]:
    if group.blocks:
        yield group


def _headings(path: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    return tuple(title for _, title in path)


def _units(text: str, blocks: Sequence[Block], counter: TokenCounter, room: int) -> Iterator[_Unit]:
    ranges = [
        (at, part)
        for at, block in enumerate(blocks)
        for sentence in _sentences(text, block)
        for part in _divided(text, sentence, room * _LONGEST_TOKEN)
    ]
    counts = counter.count_tokens([text[start:end] for _, (start, end) in ranges])
    for (at, (start, end)), tokens in zip(ranges, counts, strict=True):
        yield from _cut(text, _unit(start, end, tokens, at), counter, room)


def _sentences(text: str, block: Block) -> tuple[Range, ...]:
    if block.kind in (BlockKind.TABLE_ROW, BlockKind.HEADING, BlockKind.CAPTION):
        return ((block.start, block.end),)
    return split_sentences(text, block.start, block.end)


def _unit(start: int, end: int, tokens: int, block: int) -> _Unit:
    """Return a unit, of no fewer tokens than its length must have."""
    return _Unit(start, end, max(tokens, ceil((end - start) / _LONGEST_TOKEN)), block)


def _divided(text: str, span: Range, longest: int) -> Iterator[Range]:
    """Halve a range until no part is longer than so many characters."""
    if span[1] - span[0] <= longest:
        yield span
        return
    for half in _halves(text, span):
        yield from _divided(text, half, longest)


def _cut(text: str, unit: _Unit, counter: TokenCounter, room: int) -> Iterator[_Unit]:
    """Halve a unit until every part fits."""
    if unit.tokens <= room or unit.end - unit.start == 1:
        yield unit
        return
    for start, end in _halves(text, (unit.start, unit.end)):
        tokens = counter.count_tokens([text[start:end]])[0]
        yield from _cut(text, _unit(start, end, tokens, unit.block), counter, room)


def _halves(text: str, span: Range) -> Iterator[Range]:
    """Divide a range at the white space nearest its middle, if there is any near it."""
    middle = sum(span) // 2
    first = max(span[0] + 1, middle - _FARTHEST_SPACE)
    last = min(span[1] - 1, middle + _FARTHEST_SPACE)
    spaces = [space.start() for space in _SPACE.finditer(text, first, last)]
    at = min(spaces, key=lambda space: abs(space - middle), default=middle)
    for start, end in ((span[0], at), (at, span[1])):
        start += len(text[start:end]) - len(text[start:end].lstrip())
        if start < end:
            yield start, end


def _pack(units: Iterator[_Unit], room: int, *, overlaps: bool) -> Iterator[list[_Unit]]:
    """Gather units into passages, ending them with a block where one is more than half full."""
    packed: list[_Unit] = []
    size = 0
    rows = list(units)
    for unit, block_size in zip(rows, _rests_of_blocks(rows), strict=True):
        starts_block = bool(packed) and unit.block != packed[-1].block
        if packed and (
            size + unit.tokens > room
            or (starts_block and size > room / 2 and size + block_size > room)
        ):
            yield packed
            last = packed[-1]
            fits = last.tokens <= min(room * _SHARE_OF_OVERLAP, room - unit.tokens)
            packed = [last] if overlaps and fits else []
            size = sum(unit.tokens for unit in packed)
        packed.append(unit)
        size += unit.tokens
    if packed:
        yield packed


def _rests_of_blocks(units: Sequence[_Unit]) -> list[int]:
    """Return for each unit how many tokens its block has from there on."""
    rests: list[int] = []
    for at, unit in enumerate(reversed(units)):
        goes_on = at > 0 and units[-at].block == unit.block
        rests.append(unit.tokens + (rests[-1] if goes_on else 0))
    return rests[::-1]
