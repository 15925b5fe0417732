"""What a file's first bytes say that it is, against what its suffix says."""

from __future__ import annotations

import re
from pathlib import Path

from index.errors import DamagedDocumentError, EncryptedDocumentError, ExtractionError

_ZIP = frozenset({".docx", ".epub"})
_PDF = frozenset({".pdf"})
_HTML = frozenset({".html", ".htm", ".xhtml", ".md", ".markdown"})
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# (pattern at the start, what it is, suffixes it is right for)
_SIGNATURES: tuple[tuple[re.Pattern[bytes], str, frozenset[str]], ...] = (
    (re.compile(rb"%PDF-"), "a PDF", _PDF),
    (re.compile(rb"PK(\x03\x04|\x05\x06)"), "a zip archive (DOCX, EPUB, XLSX …)", _ZIP),
    (re.compile(re.escape(_OLE)), "an old Office file (.doc, .xls)", frozenset()),
    (re.compile(rb"\{\\rtf"), "rich text (RTF)", frozenset()),
    (re.compile(rb"%!PS"), "PostScript", frozenset()),
    (
        re.compile(rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|RIFF....WEBP", re.DOTALL),
        "an image",
        frozenset(),
    ),
    (
        re.compile(rb"\x1f\x8b\x08|BZh[1-9]1AY|\xfd7zXZ|7z\xbc\xaf"),
        "a compressed file",
        frozenset(),
    ),
    (re.compile(rb"\x7fELF|MZ\x90\x00"), "a program", frozenset()),
    (re.compile(rb"SQLite format 3\0"), "an SQLite database", frozenset()),
    (
        re.compile(
            rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!doctype\s+html|<html[\s>])", re.I
        ),
        "HTML",
        _HTML,
    ),
)
_REQUIRED = {".pdf": "a PDF", ".docx": "a DOCX file", ".epub": "an EPUB file"}
_HEADER_BYTES = 1024  # as PDF readers do: the header may stand anywhere within them


def check_signature(data: bytes, path: Path) -> None:
    """Check that the content is of the kind that the suffix names.

    Raises:
        EncryptedDocumentError: A DOCX wrapped in an encrypted container.
        DamagedDocumentError: The content is of another kind, which the message names.
    """
    suffix = path.suffix.lower()
    if suffix == ".docx" and data.startswith(_OLE):
        raise _old_office(data, path)
    for pattern, name, suffixes in _SIGNATURES:
        if pattern.match(data):
            if suffix in suffixes:
                return
            raise DamagedDocumentError(
                path, f"named {suffix}, but it looks like {name}; give it its right suffix"
            )
    required = _REQUIRED.get(suffix)
    if required and not (suffix in _PDF and b"%PDF-" in data[:_HEADER_BYTES]):
        raise DamagedDocumentError(
            path, f"not {required}: it does not begin like one; check the file and its suffix"
        )


def _old_office(data: bytes, path: Path) -> ExtractionError:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return EncryptedDocumentError(path, "needs a password; save a copy without one")
    return DamagedDocumentError(
        path, "looks like an old Word document (.doc); save it as .docx and add that"
    )
