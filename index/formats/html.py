"""HTML: the blocks that a reader sees, without the site around them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lxml import etree

from index.formats.building import SourceBuilder
from index.formats.front_matter import iso_date
from index.formats.html_blocks import add_blocks
from index.formats.html_tree import local_name, parse, text_of
from index.records import Extraction

EXTRACTOR = "html/2"
MEDIA_TYPE = "text/html"

_PUBLISHED = (
    *("article:published_time", "citation_publication_date", "dc.date.issued", "dcterms.issued"),
    *("dc.date", "dcterms.date", "datepublished", "pubdate", "date"),
)


def extract_html(data: bytes, path: Path) -> Extraction:
    """Read an HTML or XHTML page.

    Raises:
        DamagedDocumentError: It is not text, or its elements are nested too deep to read.
    """
    root = parse(data, path)
    builder = SourceBuilder()
    if root is not None:
        add_blocks(builder, root)
    return Extraction(
        source_text=builder.source_text(),
        blocks=tuple(builder.blocks),
        media_type=MEDIA_TYPE,
        extractor=EXTRACTOR,
        title=_title(root) if root is not None else "",
        published=_published(root) if root is not None else None,
        metadata=_metadata(root) if root is not None else {},
    )


def _title(root: etree._Element) -> str:
    named = _texts(root, "title", inside="head")
    return next((text for text in (*named, *_texts(root, "h1")) if text), "")


def _texts(root: etree._Element, name: str, *, inside: str = "") -> Iterable[str]:
    for element in root.iter():
        parent = element.getparent()
        if local_name(element) == name and (
            not inside or (parent is not None and local_name(parent) == inside)
        ):
            yield text_of(element)


def _published(root: etree._Element) -> str | None:
    named: dict[str, str] = {}
    times: list[str] = []
    for element in root.iter():
        tag = local_name(element)
        if tag == "meta":
            name = element.get("property") or element.get("name") or element.get("itemprop") or ""
            named.setdefault(name.lower(), element.get("content", ""))
        elif tag == "time":
            times.append(element.get("datetime", ""))
    written = [named[name] for name in _PUBLISHED if name in named] + times[:1]
    return next(filter(None, map(iso_date, written)), None)


def _metadata(root: etree._Element) -> dict[str, str]:
    language = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang")
    return {"language": language} if language else {}
