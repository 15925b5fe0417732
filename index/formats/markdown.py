"""Markdown: its source text is the file's own, and ranges cover what a reader is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from markdown_it.token import Token

from index.formats.decoding import BYTE_ORDER_MARK, decode
from index.formats.front_matter import iso_date
from index.formats.markdown_inline import build_parser, text_ranges
from index.formats.markdown_source import MarkdownSource
from index.records import BlockKind, Extraction, Range, SourceBlock

EXTRACTOR = "markdown/1"
MEDIA_TYPE = "text/markdown"

_FIELD = re.compile(r"^([A-Za-z][\w-]*)\s*:\s*(\S.*?)\s*$", re.MULTILINE)
_HIDDEN_HTML = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)|<[^>]*(?:>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_INLINE_HTML = re.compile(
    r"</?(?:a|abbr|b|cite|code|del|em|i|ins|kbd|mark|q|s|small|span|strong|su[bp]|u|var)\b", re.I
)


def extract_markdown(data: bytes, path: Path) -> Extraction:
    """Read a Markdown file; front matter is used for its title and date, and not shown.

    Raises:
        DamagedDocumentError: The bytes are not text.
    """
    text = decode(data, path)
    tokens = build_parser().parse(text.removeprefix(BYTE_ORDER_MARK))
    source = MarkdownSource(text)
    blocks = tuple(_blocks(tokens, source))
    metadata = _front_matter(tokens)
    return Extraction(
        source_text=text,
        blocks=blocks,
        media_type=MEDIA_TYPE,
        extractor=EXTRACTOR,
        title=metadata.get("title") or _first_heading(blocks, text),
        published=iso_date(metadata.get("date", "")),
        metadata=metadata,
    )


def _blocks(tokens: Iterable[Token], source: MarkdownSource) -> Iterator[SourceBlock]:
    around: list[Token] = []  # the tokens that opened the blocks around this one
    row: list[Range] = []
    for token in tokens:
        if token.nesting > 0:
            around.append(token)
        elif token.nesting < 0:
            around.pop()
        if token.type == "inline":
            ranges = source.inline_ranges(token, around[-1], text_ranges(token))
            if around[-1].type in ("th_open", "td_open"):
                row += ranges
            elif ranges:
                kind, level = _kind(around)
                yield SourceBlock(kind, ranges, level)
        elif token.type == "tr_close" and row:
            header = around[-1].type == "thead_open"
            yield SourceBlock(BlockKind.CAPTION if header else BlockKind.TABLE_ROW, tuple(row))
            row = []
        else:
            yield from _verbatim(token, source)


def _kind(around: list[Token]) -> tuple[BlockKind, int]:
    types = [token.type for token in around]
    if types[-1] == "heading_open":
        return BlockKind.HEADING, int(around[-1].tag.removeprefix("h"))
    if "footnote_reference_open" in types:
        return BlockKind.FOOTNOTE, 0
    depth = types.count("list_item_open")
    return (BlockKind.LIST_ITEM if depth else BlockKind.PARAGRAPH), depth


def _verbatim(token: Token, source: MarkdownSource) -> Iterator[SourceBlock]:
    if token.type in ("fence", "code_block"):
        kind, found = BlockKind.CODE, [source.code_ranges(token)]
    elif token.type == "html_block":
        kind, found = BlockKind.PARAGRAPH, list(source.outside(token, _HIDDEN_HTML, _INLINE_HTML))
    else:
        return
    yield from (SourceBlock(kind, ranges) for ranges in found if ranges)


def _front_matter(tokens: list[Token]) -> dict[str, str]:
    if not tokens or tokens[0].type != "front_matter":
        return {}
    fields = _FIELD.findall(tokens[0].content)
    return {name.lower(): value.strip("\"'") for name, value in fields}


def _first_heading(blocks: Iterable[SourceBlock], text: str) -> str:
    headings = (block for block in blocks if block.kind is BlockKind.HEADING)
    highest = min(headings, key=lambda block: block.level, default=None)
    shown = "".join(text[start:end] for start, end in highest.ranges) if highest else ""
    return " ".join(shown.split())
