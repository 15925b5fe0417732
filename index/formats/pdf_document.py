"""PDF files opened with pdfium, one at a time: pdfium is not safe to use from two threads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from index.errors import DamagedDocumentError, EncryptedDocumentError
from index.records import Range

Rectangle = tuple[float, float, float, float]  # left, bottom, right, top, in points

_PDFIUM = Lock()
_LINEARIZED_LENGTH = re.compile(rb"/Linearized\b[^>]*?/L\s+(\d+)", re.DOTALL)
_HEAD_BYTES = 2048
# What follows the first half of a surrogate pair, which becomes the whole character: text must
# keep one character for each of pdfium's, and cleaning takes this one out.
_FILLER = "\u2060"


@dataclass(frozen=True, slots=True)
class PageText:
    """A page's characters, one for each of pdfium's, and the box of each in its font's size."""

    text: str
    boxes: tuple[Rectangle, ...]


@contextmanager
def open_pdf(data: bytes, path: Path) -> Iterator[pdfium.PdfDocument]:
    """Open a PDF, keeping other threads out of pdfium until it is closed.

    Raises:
        DamagedDocumentError: It is truncated or cannot be opened.
        EncryptedDocumentError: It needs a password.
    """
    with _PDFIUM:
        _check_whole(data, path)
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            if error.err_code in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY):
                raise EncryptedDocumentError(
                    path, "needs a password; save a copy without one"
                ) from error
            raise DamagedDocumentError(
                path, "not a readable PDF; open it in a PDF viewer and save or print it anew"
            ) from error
        try:
            yield document
        finally:
            document.close()


def read_page(document: pdfium.PdfDocument, number: int) -> PageText:
    """Read the characters of a page and where they stand.

    Args:
        document: An open document.
        number: The page, from 1.

    Raises:
        pypdfium2.PdfiumError: The page cannot be loaded.
    """
    page = document[number - 1].get_textpage()
    count = page.count_chars()
    codes = [pdfium_c.FPDFText_GetUnicode(page, at) for at in range(count)]
    rectangle = pdfium_c.FS_RECTF()
    boxes: list[Rectangle] = []
    for at in range(count):
        pdfium_c.FPDFText_GetLooseCharBox(page, at, rectangle)
        boxes.append((rectangle.left, rectangle.bottom, rectangle.right, rectangle.top))
    return PageText(_text(codes), tuple(boxes))


def line_rectangles(document: pdfium.PdfDocument, number: int, span: Range) -> list[Rectangle]:
    """Return pdfium's rectangles around a range of a page's characters, at least one a line."""
    page = document[number - 1].get_textpage()
    page.count_rects()
    return [page.get_rect(at) for at in range(page.count_rects(span[0], span[1] - span[0]))]


def _check_whole(data: bytes, path: Path) -> None:
    """Check that the end is there: pdfium opens what is left of a file, and says nothing."""
    declared = _LINEARIZED_LENGTH.search(data[:_HEAD_BYTES])
    if b"%%EOF" not in data or (declared and int(declared.group(1)) > len(data)):
        raise DamagedDocumentError(path, "truncated PDF: its end is missing; get a fresh copy")


def _text(codes: list[int]) -> str:
    text = "".join(map(_character, codes))
    if not any(0xD800 <= code < 0xE000 for code in codes):
        return text
    paired = re.sub(
        "[\ud800-\udbff][\udc00-\udfff]",
        lambda pair: pair.group().encode("utf-16", "surrogatepass").decode("utf-16") + _FILLER,
        text,
    )
    return re.sub("[\ud800-\udfff]", "\ufffd", paired)


def _character(code: int) -> str:
    return chr(code) if 0 < code <= 0x10FFFF else "\ufffd"
