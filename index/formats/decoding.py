"""Bytes → text, with nothing translated: offsets count characters of the decoded bytes."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from charset_normalizer import from_bytes

from index.errors import DamagedDocumentError

BYTE_ORDER_MARK = "\ufeff"

# UTF-32's little-endian mark begins with UTF-16's, so it is looked for first. The codecs are
# those that leave the mark in the text.
_BY_MARK = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Encodings in real use: over all of Python's, short texts come out as EBCDIC or DOS Greek.
_GUESSED = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "iso8859_2"),
    *("koi8_r", "cp866", "mac_roman", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_MAX_CONTROLS = 0.01  # share of control characters past which data is not text
_MIN_NULS = 0.05  # share of bytes: the zero high bytes of spaces and digits in UTF-16
_MIN_NULS_OF_LATIN = 0.45  # share of bytes, where all others are ASCII


def decode(data: bytes, path: Path, *, declared: str = "") -> str:
    """Decode the bytes of a text file, keeping its newlines and its byte order mark.

    UTF-8 is tried before the declared encoding: what decodes as UTF-8 is UTF-8.

    Args:
        data: The file's bytes.
        path: The file, for messages.
        declared: Encoding that the document itself names, if it does.

    Raises:
        DamagedDocumentError: The bytes are not text in any known encoding.
    """
    text = _decoded(data, declared)
    if text is None:
        raise DamagedDocumentError(path, "not text in any known encoding; save it as UTF-8")
    controls = len(_CONTROLS.findall(text))
    if "\0" in text or controls > _MAX_CONTROLS * len(text):
        raise DamagedDocumentError(path, "holds binary data, not text; check the file's suffix")
    return text


def _decoded(data: bytes, declared: str) -> str | None:
    for mark, encoding in _BY_MARK:
        if data.startswith(mark):
            return _try(data, encoding)
    if b"\0" in data:
        return _try(data, _wide_encoding(data))
    for encoding in ("utf-8", declared):
        text = _try(data, encoding)
        if text is not None and not _SURROGATES.search(text):  # as from "unicode_escape"
            return text
    if len(_CONTROLS.findall(data.decode("latin-1"))) > _MAX_CONTROLS * len(data):
        return None
    guess = from_bytes(data, cp_isolation=list(_GUESSED)).best()
    return None if guess is None else _try(data, guess.encoding)


def _wide_encoding(data: bytes) -> str:
    """Name the UTF-16 that puts NULs on one side of every pair of bytes, or ""."""
    first, second = data[::2].count(0), data[1::2].count(0)
    least = _MIN_NULS_OF_LATIN if data.isascii() else _MIN_NULS
    if max(first, second) < least * len(data) or min(first, second) * 20 > max(first, second):
        return ""
    return "utf-16-be" if first > second else "utf-16-le"


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding) if encoding else None
    except (UnicodeError, LookupError):
        return None
