"""The body of a DOCX → blocks of text."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from index.formats.building import Piece, SourceBuilder
from index.formats.docx_styles import Styles, attribute
from index.formats.html_tree import local_name
from index.records import BlockKind

Notes = Mapping[tuple[str, str], etree._Element]  # by kind ("footnote", "endnote") and id

_CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "nobreakhyphen": "-"}
# Properties; text moved away; what programs older than the text's shapes are to show instead.
_SKIPPED = frozenset({"ppr", "rpr", "movefrom", "fallback", "txbxcontent"})
_DIGIT = re.compile(r"\d")


class DocxBody:
    """Walks a document's body once and adds its blocks to a builder."""

    def __init__(self, builder: SourceBuilder, styles: Styles, notes: Notes) -> None:
        self.title = ""  # text of the first paragraph in the style Title
        self._builder = builder
        self._styles = styles
        self._notes = notes
        self._rows: set[etree._Element] = set()  # those added whole
        self._referred: list[tuple[str, str]] = []  # notes of the block at hand

    def add(self, body: etree._Element) -> None:
        """Add paragraphs and table rows in document order, notes after what refers to them.

        A row with text in one cell only is there for its layout: its paragraphs stay such.
        """
        for element in body.iter("{*}p", "{*}tr"):
            if any(up in self._rows or _is_hidden(up) for up in element.iterancestors()):
                continue
            if etree.QName(element).namespace != etree.QName(body).namespace:
                continue  # a chart's paragraph, for one
            if local_name(element) == "p":
                self._add_paragraph(element)
            else:
                self._add_row(element)
            self._add_notes()

    def _add_paragraph(self, paragraph: etree._Element) -> None:
        role = self._styles.role(paragraph)
        if role.is_contents:
            return
        text = self._text(paragraph)
        if role.is_title and not self.title:
            self.title = " ".join(text.split())
        self._builder.add(role.kind, [Piece(text)], level=role.level)

    def _add_row(self, row: etree._Element) -> None:
        cells = [self._cell(cell) for cell in row.iterchildren("{*}tc")]
        if len([cell for cell in cells if cell]) < 2:
            self._referred.clear()
            return
        self._rows.add(row)
        captioned = bool(self._builder.blocks) and (
            self._builder.blocks[-1].kind is BlockKind.CAPTION
        )
        header = not captioned and _is_header(row, cells)
        kind = BlockKind.CAPTION if header else BlockKind.TABLE_ROW
        self._builder.add(kind, [Piece("\t".join(cells))])

    def _cell(self, cell: etree._Element) -> str:
        """Return a cell's text; one that continues a cell merged from above has none of its own."""
        merged = cell.find("{*}tcPr/{*}vMerge")
        if merged is not None and attribute(merged, "val") != "restart":
            return ""
        return " ".join(" ".join(map(self._text, cell.iter("{*}p"))).split())

    def _text(self, paragraph: etree._Element) -> str:
        """Return a paragraph's text as the last revision has it, and note what it refers to."""
        parts: list[str] = []
        walk = etree.iterwalk(paragraph, events=("start",))
        for _, element in walk:
            name = local_name(element)
            if name in _SKIPPED:
                walk.skip_subtree()
            elif name == "t":
                parts.append(element.text or "")
            elif name in ("footnotereference", "endnotereference"):
                self._referred.append((name.removesuffix("reference"), attribute(element, "id")))
            else:
                parts.append(_CHARACTERS.get(name, ""))
        return "".join(parts)

    def _add_notes(self) -> None:
        referred, self._referred = self._referred, []
        for key in referred:
            note = self._notes.get(key)
            if note is not None:
                text = "\n".join(map(self._text, note.iter("{*}p")))
                self._builder.add(BlockKind.FOOTNOTE, [Piece(text)])
        self._referred.clear()  # notes to notes


def _is_hidden(element: etree._Element) -> bool:
    return local_name(element) in ("fallback", "movefrom")


def _is_header(row: etree._Element, cells: list[str]) -> bool:
    """Tell whether a table's first row says what its columns are."""
    table = row.getparent()
    if table is None or table.find("{*}tr") is not row or len(table.findall("{*}tr")) < 2:
        return False
    if row.find("{*}trPr/{*}tblHeader") is not None:
        return True
    look = table.find("{*}tblPr/{*}tblLook")
    styled = look is not None and attribute(look, "firstRow") == "1"
    return styled and all(cells) and not any(map(_DIGIT.search, cells))
