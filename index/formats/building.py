"""Source text for formats whose text must be put together: blocks in, text and ranges out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from index.records import BlockKind, Range, SourceBlock


class Piece(NamedTuple):
    """A stretch of a block's text; one that is not shown (a note marker) gets no range."""

    text: str
    shown: bool = True


class SourceBuilder:
    """Puts blocks together: a blank line between two, a newline between rows of a table."""

    def __init__(self) -> None:
        self.blocks: list[SourceBlock] = []
        self._parts: list[str] = []
        self._length = 0

    def add(self, kind: BlockKind, pieces: Iterable[Piece], *, level: int = 0) -> None:
        """Add a block; white space around it goes, and one that shows no text is left out."""
        stripped = _strip(pieces)
        if not any(piece.shown and piece.text.strip() for piece in stripped):
            return
        if self.blocks:
            rows = {kind, self.blocks[-1].kind} <= {BlockKind.TABLE_ROW, BlockKind.CAPTION}
            self._append("\n" if rows else "\n\n")
        ranges: list[Range] = []
        for piece in stripped:
            start = self._length
            self._append(piece.text)
            if not piece.shown:
                continue
            if ranges and ranges[-1][1] == start:
                start = ranges.pop()[0]
            ranges.append((start, self._length))
        self.blocks.append(SourceBlock(kind, tuple(ranges), level))

    def source_text(self) -> str:
        """Return the text of all blocks so far, which their ranges point into."""
        return "".join(self._parts)

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)


def _strip(pieces: Iterable[Piece]) -> list[Piece]:
    kept = [piece for piece in pieces if piece.text]
    while kept and not kept[0].text.strip():
        del kept[0]
    while kept and not kept[-1].text.strip():
        del kept[-1]
    if kept:
        kept[0] = kept[0]._replace(text=kept[0].text.lstrip())
        kept[-1] = kept[-1]._replace(text=kept[-1].text.rstrip())
    return kept
