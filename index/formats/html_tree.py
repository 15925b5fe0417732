"""HTML and XHTML bytes → an element tree, and what single elements mean to a reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5
from pathlib import Path

from lxml import etree

from index.errors import DamagedDocumentError
from index.formats.archive import read_xml
from index.formats.decoding import BYTE_ORDER_MARK, decode

_CHARSET = re.compile(rb"""<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*["']?([\w.:-]+)""", re.I)
_HEAD_BYTES = 4096  # within which the encoding must be declared
_ENTITY = re.compile(r"&(\w+;)")
_XML_ENTITIES = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"

_DROPPED = frozenset(
    "aside audio button canvas head iframe input label nav noscript object option "
    "rp rt script select style svg template textarea video".split()
)
_DROPPED_ROLES = frozenset({"navigation", "banner", "contentinfo", "search"})
_HIDING = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_NOTE_TYPES = re.compile(r"(?:doc-)?(?:foot|end|rear)notes?")
_NOTE_CLASSES = frozenset({"footnote", "footnotes", "endnote", "endnotes", "references", "reflist"})
_NOTE_ID = re.compile(r"(?:fn|foot-?note|end-?note)[-_:]?\d+", re.I)
_NOTE_TAGS = frozenset({"aside", "dd", "div", "li", "ol", "p", "section", "ul"})
_MARKER_LENGTH = 6  # characters: "[123]" and a space


def parse(data: bytes, path: Path) -> etree._Element | None:
    """Parse HTML; what says that it is XHTML is tried as XML first.

    Raises:
        DamagedDocumentError: It is not text, or its elements are nested too deep to read.
    """
    match = _CHARSET.search(data[:_HEAD_BYTES])
    declared = match.group(1).decode("ascii") if match else ""
    text = decode(data, path, declared=declared).removeprefix(BYTE_ORDER_MARK)
    if "http://www.w3.org/1999/xhtml" in text[:_HEAD_BYTES] and "<!ENTITY" not in text:
        try:
            return read_xml(_ENTITY.sub(_character, text).encode())
        except etree.XMLSyntaxError:
            pass  # browsers read it as HTML just the same
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    root = etree.fromstring(text.encode(), parser)
    if any("xcessive depth" in entry.message for entry in parser.error_log):
        raise DamagedDocumentError(path, "elements nested too deep to read; simplify its markup")
    return root


def local_name(element: etree._Element) -> str:
    """Return the element's name in lower case, without its namespace."""
    return str(element.tag).rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def is_dropped(element: etree._Element, name: str, *, in_section: bool) -> bool:
    """Tell whether a reader is not meant to read the element: navigation, scripts, hidden parts.

    A header or footer is the site's own only outside of articles and sections.
    """
    if name in ("header", "footer") and not in_section:
        return True
    return (
        name in _DROPPED
        or element.get("role") in _DROPPED_ROLES
        or element.get("hidden") is not None
        or bool(_HIDING.search(element.get("style", "")))
    )


def is_note(element: etree._Element, name: str) -> bool:
    """Tell whether the element is a footnote or a list of them."""
    if name not in _NOTE_TAGS:
        return False
    types = f"{element.get('role', '')} {element.get(_EPUB_TYPE, '')}".split()
    return (
        any(map(_NOTE_TYPES.fullmatch, types))
        or not _NOTE_CLASSES.isdisjoint(element.get("class", "").lower().split())
        or bool(_NOTE_ID.fullmatch(element.get("id", "")))
    )


def is_note_marker(element: etree._Element, name: str) -> bool:
    """Tell whether the element is a reference to a note, or the way back from it."""
    if name == "a":
        types = f"{element.get('role', '')} {element.get(_EPUB_TYPE, '')}".split()
        if not {"doc-noteref", "doc-backlink", "noteref", "backlink"}.isdisjoint(types):
            return True
        linked, raised = element.get("href", ""), _has(element, "sup")
    elif name == "sup":
        link = next((child for child in element.iter() if local_name(child) == "a"), None)
        linked, raised = (link.get("href", "") if link is not None else ""), True
    else:
        return False
    return raised and "#" in linked and len(text_of(element)) <= _MARKER_LENGTH


def text_of(element: etree._Element) -> str:
    """Return all text in an element that is there to be read, its white space folded."""
    return " ".join("".join(_read(element)).split())


def _read(element: etree._Element) -> Iterator[str]:
    pending: list[etree._Element | str] = [element]  # elements are nested deeper than calls may be
    while pending:
        node = pending.pop()
        if isinstance(node, str):
            yield node
            continue
        yield node.text or ""
        for child in reversed(node):
            pending.append(child.tail or "")
            if (name := local_name(child)) and name not in _DROPPED:
                pending.append(child)


def _has(element: etree._Element, name: str) -> bool:
    return any(local_name(child) == name for child in element)


def _character(match: re.Match[str]) -> str:
    name = match.group(1)
    return match.group() if name in _XML_ENTITIES else html5.get(name, match.group())
