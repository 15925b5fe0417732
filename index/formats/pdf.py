"""PDF: pdfium's characters page by page, so that an offset gives page and character."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import pypdfium2 as pdfium

from index.errors import DamagedDocumentError, EmptyDocumentError
from index.formats.pdf_document import PageText, open_pdf, read_page
from index.formats.pdf_furniture import find_furniture
from index.formats.pdf_layout import find_pdf_blocks
from index.formats.pdf_lines import PdfLine, read_lines
from index.formats.quality import text_quality
from index.records import Extraction, Page

EXTRACTOR = f"pdf/1 pdfium/{pdfium.PDFIUM_INFO.build}"
MEDIA_TYPE = "application/pdf"

_PAGE_BREAK = "\n"  # between two pages, in the text of neither
_MAX_TITLE = 200  # characters
# What programs put into the title when the author did not.
_NO_TITLE = re.compile(
    r"untitled|microsoft (?:word|powerpoint)|\S+\.(?:docx?|pdf|indd|tex|qxd|rtf|dvi)$|[\W\d_]*$",
    re.IGNORECASE,
)


def extract_pdf(data: bytes, path: Path) -> Extraction:
    """Read the text layer of a PDF.

    Its ``published`` is left open: a PDF's own date is when the file was made.

    Raises:
        DamagedDocumentError: It is truncated, or no page of it can be read.
        EmptyDocumentError: It has no text layer, as scans have none.
        EncryptedDocumentError: It needs a password.
    """
    with open_pdf(data, path) as document:
        texts, unreadable = _read(document)
        metadata = document.get_metadata_dict(skip_empty=True)
    if len(unreadable) == len(texts):
        raise DamagedDocumentError(path, "no page of it can be read; get a fresh copy of the file")
    text, pages = _join(texts)
    if not text.strip():
        raise EmptyDocumentError(
            path,
            "no text layer: its pages are pictures (a scan?); run text recognition (OCR) on it",
        )
    lines = [read_lines(page, span.start) for page, span in zip(texts, pages, strict=True)]
    named = _named_title(metadata)
    furniture = find_furniture(lines, named)
    return Extraction(
        source_text=text,
        blocks=find_pdf_blocks(text, pages, lines, furniture),
        media_type=MEDIA_TYPE,
        extractor=EXTRACTOR,
        title=named or _largest_line(lines),
        pages=pages,
        quality=text_quality(text),
        metadata=_metadata(metadata, unreadable),
    )


def _read(document: pdfium.PdfDocument) -> tuple[list[PageText], list[int]]:
    """Return every page's text, and the numbers of those that could not be read."""
    texts: list[PageText] = []
    unreadable: list[int] = []
    for number in range(1, len(document) + 1):
        try:
            texts.append(read_page(document, number))
        except pdfium.PdfiumError:
            texts.append(PageText("", ()))
            unreadable.append(number)
    return texts, unreadable


def _join(texts: Iterable[PageText]) -> tuple[str, tuple[Page, ...]]:
    parts: list[str] = []
    pages: list[Page] = []
    start = 0
    for number, page in enumerate(texts, start=1):
        pages.append(Page(number, start, start + len(page.text)))
        parts.append(page.text)
        start += len(page.text) + len(_PAGE_BREAK)
    return _PAGE_BREAK.join(parts), tuple(pages)


def _named_title(metadata: dict[str, str]) -> str:
    title = " ".join(metadata.get("Title", "").split())
    return "" if len(title) > _MAX_TITLE or _NO_TITLE.match(title) else title


def _largest_line(pages: Sequence[Sequence[PdfLine]]) -> str:
    """Return the lines in the largest letters of the first page, if they stand out."""
    first = next((lines for lines in pages if lines), ())
    largest = max(line.size for line in first)
    if all(line.size > 0.95 * largest for line in first):
        return ""
    title = " ".join(line.text.strip() for line in first if line.size > 0.95 * largest)
    return title if len(title) <= _MAX_TITLE else ""


def _metadata(metadata: dict[str, str], unreadable: Sequence[int]) -> dict[str, str]:
    found = {name.lower(): metadata[name] for name in ("Author", "Subject") if name in metadata}
    if unreadable:
        found["unreadable_pages"] = ", ".join(map(str, unreadable))
    return found
