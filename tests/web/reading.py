"""What a browser would find in a page."""

from __future__ import annotations

from lxml import etree, html


def elements(page: str, *names: str) -> list[etree._Element]:
    """Return the elements of some names, in order; all of them without a name."""
    return [each for each in html.fromstring(page).iter(*names) if isinstance(each.tag, str)]


def text_of(element: etree._Element) -> str:
    """Return all text in an element."""
    return "".join(str(text) for text in element.itertext())


def marks_of(page: str) -> list[tuple[str, str | None]]:
    """Return what is marked, with the ids of the marks."""
    return [(text_of(mark), mark.get("id")) for mark in elements(page, "mark")]


def source_of(page: str) -> str:
    """Return the source text that a page shows as it is."""
    (shown,) = (
        each for each in elements(page, "div") if "text" in (each.get("class") or "").split()
    )
    return text_of(shown)
