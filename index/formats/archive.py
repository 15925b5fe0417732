"""Zip archives of documents (DOCX, EPUB), opened with their traps checked."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from lxml import etree

from index.errors import DamagedDocumentError, EncryptedDocumentError, OversizedDocumentError

MAX_UNPACKED = 512 * 2**20  # bytes; past it an archive is taken for a decompression bomb
_ENCRYPTED = 0x1  # bit of a member's flags


@contextmanager
def open_archive(data: bytes, path: Path) -> Iterator[ZipFile]:
    """Open a zip archive; errors of its members come out as errors of the document.

    Raises:
        DamagedDocumentError: The archive is truncated or a member cannot be read.
        EncryptedDocumentError: A member needs a password.
        OversizedDocumentError: It would unpack to more than ``MAX_UNPACKED``.
    """
    try:
        with _opened(data) as archive:
            _check(archive, path)
            yield archive
    except (BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise DamagedDocumentError(
            path, f"truncated or damaged archive ({error}); get a fresh copy of the file"
        ) from error


def read_member(archive: ZipFile, name: str) -> bytes:
    """Unpack a member, no further than it says that it goes.

    Raises:
        KeyError: There is none by that name.
        BadZipFile: It is damaged.
    """
    try:
        with archive.open(name) as member:  # ``read`` alone would unpack all there is
            return member.read(archive.getinfo(name).file_size)
    except (ValueError, OSError, struct.error) as error:  # its place or its name make no sense
        raise BadZipFile(str(error)) from error


def _opened(data: bytes) -> ZipFile:
    try:
        return ZipFile(BytesIO(data))
    except (ValueError, OSError, struct.error) as error:
        raise BadZipFile(str(error)) from error


def read_xml(data: bytes) -> etree._Element:
    """Parse XML without resolving entities, DTDs or anything outside it.

    Raises:
        lxml.etree.XMLSyntaxError: It is not well-formed.
        MemoryError: Its tree is larger than the memory there is.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        code = getattr(error, "code", None)  # of which its annotations do not know
        if code == etree.ErrorTypes.ERR_NO_MEMORY:  # its message is "unknown error"
            raise MemoryError from error
        raise


def _check(archive: ZipFile, path: Path) -> None:
    members = archive.infolist()
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise EncryptedDocumentError(path, "needs a password; save a copy without one")
    if any(member.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for member in members):
        raise BadZipFile("packed in a way that its format does not know")
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED:
        raise OversizedDocumentError(
            path, f"unpacks to {unpacked:,} bytes, more than the {MAX_UNPACKED:,} that are read"
        )
