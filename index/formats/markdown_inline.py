"""Markdown tokens that know where they stand in the source, which markdown-it does not say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_inline import (
    StateInline,
    autolink,
    backtick,
    emphasis,
    entity,
    escape,
    newline,
    strikethrough,
)
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from index.records import Range

_Rule = Callable[[StateInline, bool], bool]
_PLAIN = re.compile(r"[^\n!&*<\[\\\]^_`~]+")
_START = "start"  # key in Token.meta: offset in the inline content


def build_parser() -> MarkdownIt:
    """Build a CommonMark parser with tables, strikethrough, footnotes and front matter.

    Its text tokens are never joined, and each says where it starts (see ``text_ranges``).
    """
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser.use(front_matter_plugin)
    parser.use(footnote_plugin, inline=False, move_to_end=False)
    parser.disable(["fragments_join", "text_join"])
    located: dict[str, _Rule] = {
        "text": _plain,
        "newline": newline,
        "escape": escape,
        "backticks": backtick,
        "strikethrough": strikethrough.tokenize,
        "emphasis": emphasis.tokenize,
        "autolink": autolink,
        "entity": entity,
    }
    for name, rule in located.items():
        parser.inline.ruler.at(name, _locating(rule))
    parser.inline.ruler.push("character", _locating(_character))
    return parser


def text_ranges(inline: Token) -> Iterator[Range]:
    """Yield the ranges of an inline token's content that a reader is shown, in order."""
    for token in inline.children or ():
        start = token.meta.get(_START)
        if start is None:
            continue
        if token.type == "code_inline":
            yield _code_range(inline.content, token, start)
        elif token.type == "text_special":
            end = start + len(token.markup)
            # An entity stays as it is written, an escape loses its backslash.
            yield (start if token.info == "entity" else end - len(token.content)), end
        elif token.type in ("softbreak", "hardbreak"):
            at = inline.content.index("\n", start)
            yield at, at + 1
        elif token.type == "text" and token.content:
            yield start, start + _written_length(inline.content, start, token.content)


def _locating(rule: _Rule) -> _Rule:
    """Wrap an inline rule so that the tokens that it pushes say where they start."""

    def located(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 (markdown-it's form)
        start, first = state.pos, len(state.tokens)
        matched = rule(state, silent)
        if matched and not silent:
            if state.pending:  # backticks that close nothing
                state.pushPending()
            for token in state.tokens[first:]:
                token.meta[_START] = start
                # What has no content is the one bracket that opens an autolink.
                start += len(token.content) or 1
        return matched

    return located


def _plain(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    match = _PLAIN.match(state.src, state.pos, state.posMax)
    return match is not None and _push(state, match.group(), silent=silent)


def _character(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """Take a character that no rule wants: the last rule, so that no text stays pending."""
    return _push(state, state.src[state.pos], silent=silent)


def _push(state: StateInline, text: str, *, silent: bool) -> bool:
    if not silent:
        state.push("text", "", 0).content = text
    state.pos += len(text)
    return True


def _code_range(content: str, token: Token, start: int) -> Range:
    start += len(token.markup)
    closing = re.compile(rf"(?<!`){token.markup}(?!`)").search(content, start + 1)
    end = closing.start() if closing else start + len(token.content)
    # One space is stripped from either end of code that has one at both.
    padded = end - start > len(token.content)
    return start + padded, end - padded


def _written_length(content: str, start: int, shown: str) -> int:
    if content.startswith(shown, start):
        return len(shown)
    return content.index(">", start) - start  # an autolink, shown without percent-encoding
