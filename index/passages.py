"""Document → passages: sentence-aware, and never longer than the embedder reads."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from index.records import Block, BlockKind, Document, Passage, Range
from index.sentences import split_sentences

_SPECIAL_TOKENS = 2  # that every embedder sets around a text
_SPACE = re.compile(r"\s")
_SHARE_OF_OVERLAP = 0.25  # of a passage, at most, that repeats the one before


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
    ranges = [(at, r) for at, block in enumerate(blocks) for r in _sentences(text, block)]
    counts = counter.count_tokens([text[start:end] for _, (start, end) in ranges])
    for (at, (start, end)), tokens in zip(ranges, counts, strict=True):
        if tokens <= room:
            yield _Unit(start, end, tokens, at)
        else:
            yield from _cut(text, _Unit(start, end, tokens, at), counter, room)


def _sentences(text: str, block: Block) -> tuple[Range, ...]:
    if block.kind in (BlockKind.TABLE_ROW, BlockKind.HEADING, BlockKind.CAPTION):
        return ((block.start, block.end),)
    return split_sentences(text, block.start, block.end)


def _cut(text: str, unit: _Unit, counter: TokenCounter, room: int) -> Iterator[_Unit]:
    """Halve a unit at the white space nearest its middle until every part fits."""
    middle = (unit.start + unit.end) // 2
    spaces = [space.start() for space in _SPACE.finditer(text, unit.start + 1, unit.end - 1)]
    at = min(spaces, key=lambda space: abs(space - middle), default=middle)
    for start, end in ((unit.start, at), (at, unit.end)):
        start += len(text[start:end]) - len(text[start:end].lstrip())
        if start == end:
            continue
        part = _Unit(start, end, counter.count_tokens([text[start:end]])[0], unit.block)
        if part.tokens <= room or part.end - part.start == 1:
            yield part
        else:
            yield from _cut(text, part, counter, room)


def _pack(units: Iterator[_Unit], room: int, *, overlaps: bool) -> Iterator[list[_Unit]]:
    """Gather units into passages, ending them with a block where one is more than half full."""
    packed: list[_Unit] = []
    rows = list(units)
    for at, unit in enumerate(rows):
        size = sum(u.tokens for u in packed)
        block_size = _rest_of_block(rows, at, room)
        starts_block = bool(packed) and unit.block != packed[-1].block
        if packed and (
            size + unit.tokens > room
            or (starts_block and size > room / 2 and size + block_size > room)
        ):
            yield packed
            last = packed[-1]
            fits = last.tokens <= min(room * _SHARE_OF_OVERLAP, room - unit.tokens)
            packed = [last] if overlaps and fits else []
        packed.append(unit)
    if packed:
        yield packed


def _rest_of_block(units: Sequence[_Unit], at: int, room: int) -> int:
    """Return how many tokens are left in a unit's block, counted no further than needed."""
    total = 0
    for unit in units[at:]:
        if unit.block != units[at].block or total > room:
            break
        total += unit.tokens
    return total
