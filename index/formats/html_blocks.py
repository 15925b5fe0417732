"""An HTML element tree → blocks of text, walked without recursion: trees can be deep."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from lxml import etree

from index.formats.building import Piece, SourceBuilder
from index.formats.html_tree import is_dropped, is_note, is_note_marker, local_name
from index.records import BlockKind

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LISTS = frozenset({"dl", "ol", "ul"})
_SECTIONS = frozenset({"article", "main", "section"})
_KINDS = {
    "caption": BlockKind.CAPTION,
    "figcaption": BlockKind.CAPTION,
    "pre": BlockKind.CODE,
    "li": BlockKind.LIST_ITEM,
    "dt": BlockKind.LIST_ITEM,
    "dd": BlockKind.LIST_ITEM,
}
_BLOCKS = frozenset(
    "address article blockquote body center details div fieldset figure footer form header hr html "
    "legend main p section summary table tbody tfoot thead tr".split()
)
_ALL_BLOCKS = _BLOCKS | _HEADINGS | _LISTS | _KINDS.keys()
# A table with any of these in a row is there for the page's layout.
_NOT_IN_ROWS = _HEADINGS | _LISTS | {"article", "blockquote", "pre", "section", "table"}
_INHERITED = frozenset({BlockKind.FOOTNOTE, BlockKind.LIST_ITEM, BlockKind.CAPTION})
_SPACE = re.compile(r"[ \t\r\n\f]+")  # white space that browsers fold: not no-break spaces


@dataclass(frozen=True, slots=True)
class _Frame:
    """What holds for the text directly in an element."""

    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0
    depth: int = 0  # of lists
    is_block: bool = False
    is_shown: bool = True
    is_code: bool = False
    in_row: bool = False
    in_section: bool = False


def add_blocks(builder: SourceBuilder, root: etree._Element) -> None:
    """Add the blocks of an HTML element and of all below it, in document order."""
    walk = _Walk(builder)
    events = etree.iterwalk(root, events=("start", "end"))
    for event, element in events:
        if event == "end":
            walk.leave(element)
        elif not walk.enter(element):
            events.skip_subtree()


class _Walk:
    """The text of the block at hand, and the frames of the elements around it."""

    def __init__(self, builder: SourceBuilder) -> None:
        self._builder = builder
        self._frames = [_Frame()]
        self._pieces: list[Piece] = []

    def enter(self, element: etree._Element) -> bool:
        """Begin an element; False when what is in it is to be skipped."""
        name, outer = local_name(element), self._frames[-1]
        note = is_note(element, name)
        if not name or (not note and is_dropped(element, name, in_section=outer.in_section)):
            self._frames.append(replace(outer, is_block=name in _ALL_BLOCKS and not outer.in_row))
            return False
        frame = _frame(element, name, outer, note=note)
        if frame.is_block:
            self._flush()
        elif outer.in_row and name in ("td", "th"):
            self._write("\t", outer)
        elif outer.in_row and name in _ALL_BLOCKS:
            self._write(" ", outer)
        elif name == "br":
            self._write(" " if outer.in_row else "\n", replace(outer, is_code=True))
        self._frames.append(frame)
        self._write(element.text or "", frame)
        return True

    def leave(self, element: etree._Element) -> None:
        """End an element and take the text after it."""
        if self._frames[-1].is_block:
            self._flush()
        self._frames.pop()
        self._write(element.tail or "", self._frames[-1])

    def _write(self, text: str, frame: _Frame) -> None:
        if not frame.is_code and text != "\t":
            text = _SPACE.sub(" ", text)
            if not self._pieces or self._pieces[-1].text.endswith((" ", "\n", "\t")):
                text = text.removeprefix(" ")
        if text:
            self._pieces.append(Piece(text, frame.is_shown))

    def _flush(self) -> None:
        frame = self._frames[-1]
        self._builder.add(frame.kind, self._pieces, level=frame.level)
        self._pieces = []


def _frame(element: etree._Element, name: str, outer: _Frame, *, note: bool) -> _Frame:
    if is_note_marker(element, name):
        return replace(outer, is_block=False, is_shown=False)
    frame = replace(
        outer,
        is_block=name in _ALL_BLOCKS and not outer.in_row,
        is_code=outer.is_code or name == "pre",
        in_section=outer.in_section or name in _SECTIONS,
        depth=outer.depth + (name in _LISTS),
    )
    if outer.in_row:
        return frame
    if name == "tr" and not any(local_name(inner) in _NOT_IN_ROWS for inner in element.iter()):
        header = _is_only_header(element)
        return replace(
            frame, in_row=True, kind=BlockKind.CAPTION if header else BlockKind.TABLE_ROW, level=0
        )
    if name in _HEADINGS:
        return replace(frame, kind=BlockKind.HEADING, level=int(name[1]))
    if note or outer.kind is BlockKind.FOOTNOTE:
        return replace(frame, kind=BlockKind.FOOTNOTE, level=0)
    if kind := _KINDS.get(name):
        return replace(frame, kind=kind, level=frame.depth if kind is BlockKind.LIST_ITEM else 0)
    if frame.is_block and outer.kind not in _INHERITED:
        return replace(frame, kind=BlockKind.PARAGRAPH, level=0)
    return frame


def _is_only_header(row: etree._Element) -> bool:
    """Tell whether a row of headings is all that says what the table's columns are."""
    if any(local_name(cell) != "th" for cell in row):
        return False
    table = next((up for up in row.iterancestors() if local_name(up) == "table"), None)
    return table is None or not any(local_name(child) == "caption" for child in table)
