"""What a PDF's pages carry besides their text: running heads and page numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from index.formats.pdf_lines import PdfLine
from index.records import Range

_EDGE = 2  # lines at the top and at the bottom of a page that can be furniture
_FEW_PAGES = 6  # below it a line that stands on two pages is furniture, else on three
_NUMBER = re.compile(r"\d+|\b[ivxl]+\b")
_PAGE_NUMBER = re.compile(r"[\W_]*(?:(?:page|p|seite) )?#(?:(?: of | / |/)#)?[\W_]*")


def find_furniture(pages: Sequence[Sequence[PdfLine]], title: str) -> list[Range]:
    """Find running heads and page numbers.

    They are lines at the top or bottom edge of several pages that differ in numbers at most,
    lone page numbers there, and lines that repeat the document's title past its first page.

    Args:
        pages: The lines of each page.
        title: The document's title, "" if it names none.
    """
    edges = [_edges(lines) for lines in pages]
    counts = Counter(key for lines in edges for key in {_key(line) for line in lines})
    needed = 2 if len(pages) < _FEW_PAGES else 3
    head = _fold(title)
    return sorted(
        (line.start, line.end)
        for number, lines in enumerate(edges)
        for line in lines
        if counts[_key(line)] >= needed
        or _PAGE_NUMBER.fullmatch(_key(line)[0])
        or (number > 0 and head and _fold(line.text).startswith(head))
    )


def _edges(lines: Sequence[PdfLine]) -> list[PdfLine]:
    """Return the lines nearest to the page's edges, which need not be first or last in its text."""
    down = sorted(lines, key=lambda line: -line.bottom)
    return down if len(down) <= 2 * _EDGE else [*down[:_EDGE], *down[-_EDGE:]]


def _key(line: PdfLine) -> tuple[str, int]:
    """Return what two lines share if they are the same piece of furniture: words and size."""
    return _NUMBER.sub("#", _fold(line.text)), round(line.size)


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())
