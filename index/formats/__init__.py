"""File bytes → Extraction: one module per format, a registry by suffix."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from index.errors import (
    DamagedDocumentError,
    EmptyDocumentError,
    ExtractionError,
    UnsupportedFormatError,
)
from index.formats import csv_table, docx, epub, html, markdown, pdf, plain_text
from index.formats.signatures import check_signature
from index.records import Extraction


@dataclass(frozen=True, slots=True)
class Format:
    """How a kind of file is read, and by which version of its reader."""

    read: Callable[[bytes, Path], Extraction]
    extractor: str
    media_type: str


_TEXT = Format(plain_text.extract_text, plain_text.EXTRACTOR, plain_text.MEDIA_TYPE)
_MARKDOWN = Format(markdown.extract_markdown, markdown.EXTRACTOR, markdown.MEDIA_TYPE)
_HTML = Format(html.extract_html, html.EXTRACTOR, html.MEDIA_TYPE)
_CSV = Format(csv_table.extract_csv, csv_table.EXTRACTOR, csv_table.MEDIA_TYPE)

SUFFIXES: Mapping[str, Format] = MappingProxyType(
    {
        ".txt": _TEXT,
        ".text": _TEXT,
        ".md": _MARKDOWN,
        ".markdown": _MARKDOWN,
        ".html": _HTML,
        ".htm": _HTML,
        ".xhtml": _HTML,
        ".pdf": Format(pdf.extract_pdf, pdf.EXTRACTOR, pdf.MEDIA_TYPE),
        ".docx": Format(docx.extract_docx, docx.EXTRACTOR, docx.MEDIA_TYPE),
        ".epub": Format(epub.extract_epub, epub.EXTRACTOR, epub.MEDIA_TYPE),
        ".csv": _CSV,
        ".tsv": _CSV,
    }
)


def extract(data: bytes, path: Path) -> Extraction:
    """Read a file's bytes as a document, by the format that its suffix names.

    Args:
        data: The file's bytes.
        path: The file, for its suffix and for messages; it is not opened.

    Raises:
        ExtractionError: The file cannot be read; its kind and message say why.
    """
    format_ = SUFFIXES.get(path.suffix.lower())
    if format_ is None:
        raise UnsupportedFormatError(
            path, f"no reader for this kind of file; those read are {', '.join(SUFFIXES)}"
        )
    if not data:
        raise EmptyDocumentError(path, "empty: 0 bytes; check that it was saved or copied whole")
    check_signature(data, path)
    try:
        extraction = format_.read(data, path)
    except (ExtractionError, MemoryError):
        raise
    except Exception as error:  # of a parser that a hostile or broken file has brought down
        raise DamagedDocumentError(
            path, f"cannot be read ({type(error).__name__}: {error}); save it anew or convert it"
        ) from error
    if not extraction.blocks:
        raise EmptyDocumentError(path, "there is no text in it; remove it or fill it")
    return extraction
