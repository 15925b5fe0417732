"""Where the contents of Markdown's tokens stand in the source, which markdown-it does not say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from markdown_it.token import Token

from index.formats.decoding import BYTE_ORDER_MARK
from index.records import Range

_LINE_END = re.compile(r"\r\n?|\n")  # as CommonMark has it; str.splitlines knows more


class MarkdownSource:
    """A Markdown file's text and its lines, from which tokens' contents were cut.

    A token's content is its lines less the markup before and after them (indents, quote marks,
    hashes, pipes); each line of it is found again in the source line that it came from.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        ends = list(_LINE_END.finditer(text))
        first = 1 if text.startswith(BYTE_ORDER_MARK) else 0
        starts = [first, *(end.end() for end in ends)]
        stops = [*(end.start() for end in ends), len(text)]
        self._lines: list[Range] = list(zip(starts, stops, strict=True))
        self._cell_end = (0, 0)  # line number and offset in it, of the last table cell found

    def inline_ranges(
        self, inline: Token, container: Token, shown: Iterable[Range]
    ) -> tuple[Range, ...]:
        """Return the source ranges of shown ranges of an inline token's content.

        Args:
            inline: The token.
            container: The token that opened the block around it.
            shown: Ranges of the token's content.
        """
        offsets = self._offsets(inline, container)
        ranges = (part for start, end in sorted(shown) for part in _runs(offsets[start:end]))
        return self._trimmed(ranges)

    def code_ranges(self, token: Token) -> tuple[Range, ...]:
        """Return the ranges of a code block's content: of its lines, less their indent."""
        first = _first_line(token) + (token.type == "fence")
        lines = token.content.removesuffix("\n").split("\n")
        return self._trimmed(
            (max(start, end - len(line)), end)
            for line, (start, end) in zip(lines, self._lines[first:], strict=False)
        )

    def outside(
        self, token: Token, hidden: re.Pattern[str], joining: re.Pattern[str]
    ) -> Iterator[tuple[Range, ...]]:
        """Yield the stretches of a token's lines outside every match of ``hidden``.

        A match of ``joining`` too does not end a stretch, but leaves a hole in it.
        """
        first, last = token.map or (0, 0)
        at, end = self._lines[first][0], self._lines[last - 1][1]
        stretch: list[Range] = []
        for match in hidden.finditer(self.text, at, end):
            stretch.append((at, match.start()))
            at = match.end()
            if not joining.match(match.group()):
                yield self._trimmed(stretch)
                stretch = []
        yield self._trimmed([*stretch, (at, end)])

    def _offsets(self, inline: Token, container: Token) -> list[int]:
        """Give every character of an inline token's content its offset in the source."""
        if container.type in ("th_open", "td_open"):
            return self._cell_offsets(inline)
        first = _first_line(inline)
        offsets: list[int] = []
        for number, content in enumerate(inline.content.split("\n"), start=first):
            start, end = self._lines[number]
            line = self.text[start:end]
            if container.markup.startswith("#"):
                at = line.index(content, line.index("#") + len(container.markup))
            else:
                at = len(line.rstrip()) - len(content.rstrip())
            # Before the line's start: spaces that a tab was expanded to.
            offsets += (max(start, start + at + place) for place in range(len(content)))
            offsets.append(end)
        return offsets

    def _cell_offsets(self, inline: Token) -> list[int]:
        """Find a cell after the one before it; a pipe in it is written with a backslash."""
        number = _first_line(inline)
        start, end = self._lines[number]
        after = self._cell_end[1] if self._cell_end[0] == number else start
        written = inline.content.replace("|", r"\|")
        at = self.text.index(written, after, end)
        self._cell_end = (number, at + len(written))
        backslashes = {place.start() for place in re.finditer(r"\\\|", written)}
        return [at + place for place in range(len(written)) if place not in backslashes]

    def _trimmed(self, ranges: Iterable[Range]) -> tuple[Range, ...]:
        """Join ranges with only white space between; drop it, and empty ranges, at both ends."""
        joined: list[Range] = []
        for start, end in ranges:
            if joined and not self.text[joined[-1][1] : start].strip():
                joined[-1] = (joined[-1][0], end)
            elif start < end:
                joined.append((start, end))
        while joined and not self._slice(joined[0]).strip():
            del joined[0]
        while joined and not self._slice(joined[-1]).strip():
            del joined[-1]
        if joined:
            first, last = self._slice(joined[0]), self._slice(joined[-1])
            joined[-1] = (joined[-1][0], joined[-1][1] - len(last) + len(last.rstrip()))
            joined[0] = (joined[0][0] + len(first) - len(first.lstrip()), joined[0][1])
        return tuple(joined)

    def _slice(self, span: Range) -> str:
        return self.text[span[0] : span[1]]


def _first_line(token: Token) -> int:
    return token.map[0] if token.map else 0


def _runs(offsets: Sequence[int]) -> Iterator[Range]:
    """Yield the ranges that ascending offsets make up."""
    start = end = -1
    for offset in offsets:
        if offset != end:
            if start < end:
                yield start, end
            start = offset
        end = offset + 1
    if start < end:
        yield start, end
