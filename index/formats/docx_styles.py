"""What the paragraph styles of a DOCX make of a paragraph: headings, lists, captions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from index.records import BlockKind

_HEADING = re.compile(r"heading (\d)")
_LIST = re.compile(r"list(?: (?:bullet|number|paragraph|continue))?(?: (\d))?")
_CONTENTS = re.compile(r"toc (?:\d|heading)")
_BODY_LEVEL = 9  # outline level of text that is no heading


@dataclass(frozen=True, slots=True)
class ParagraphRole:
    """What a paragraph is to its reader."""

    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0
    is_title: bool = False
    is_contents: bool = False  # a line of the table of contents: navigation, not text


class Styles:
    """The styles of a document, by id."""

    def __init__(self, root: etree._Element | None) -> None:
        elements = root.iterfind("{*}style") if root is not None else ()
        self._styles = {attribute(element, "styleId"): element for element in elements}

    def role(self, paragraph: etree._Element) -> ParagraphRole:
        """Tell what a paragraph is, from its own properties and its style's, nearest first."""
        properties = paragraph.find("{*}pPr")
        style = value(properties, "pStyle") if properties is not None else ""
        for name, inherited in [("", properties), *self._chain(style)]:
            role = _role(name, inherited)
            if role:
                return role
        return ParagraphRole()

    def _chain(self, identifier: str) -> list[tuple[str, etree._Element | None]]:
        """Return name and paragraph properties of a style, and of those that it is based on."""
        chain: list[tuple[str, etree._Element | None]] = []
        seen: set[str] = set()
        while identifier in self._styles and identifier not in seen:
            seen.add(identifier)
            style = self._styles[identifier]
            chain.append((value(style, "name").lower(), style.find("{*}pPr")))
            identifier = value(style, "basedOn")
        return chain


def attribute(element: etree._Element, name: str) -> str:
    """Return an attribute whatever its namespace: Word has two, transitional and strict."""
    values = (str(text) for key, text in element.items() if str(key).rpartition("}")[2] == name)
    return next(values, "")


def value(element: etree._Element, name: str) -> str:
    """Return the ``val`` of a child element, "" where there is none."""
    child = element.find(f"{{*}}{name}")
    return attribute(child, "val") if child is not None else ""


def _role(name: str, properties: etree._Element | None) -> ParagraphRole | None:
    if name in ("title", "caption"):
        title = name == "title"
        kind = BlockKind.HEADING if title else BlockKind.CAPTION
        return ParagraphRole(kind, level=int(title), is_title=title)
    if _CONTENTS.fullmatch(name):
        return ParagraphRole(is_contents=True)
    if match := _HEADING.fullmatch(name):
        return ParagraphRole(BlockKind.HEADING, level=int(match.group(1)))
    if match := _LIST.fullmatch(name):
        return ParagraphRole(BlockKind.LIST_ITEM, level=int(match.group(1) or 1))
    if properties is None:
        return None
    outline = _number(value(properties, "outlineLvl"), default=_BODY_LEVEL)
    if outline < _BODY_LEVEL:
        return ParagraphRole(BlockKind.HEADING, level=outline + 1)
    numbering = properties.find("{*}numPr")
    if numbering is not None and value(numbering, "numId") not in ("", "0"):
        return ParagraphRole(BlockKind.LIST_ITEM, level=_number(value(numbering, "ilvl")) + 1)
    return None


def _number(text: str, *, default: int = 0) -> int:
    return int(text) if re.fullmatch(r"[0-9]", text) else default
