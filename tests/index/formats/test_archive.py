from __future__ import annotations

import struct
import tracemalloc
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from index.errors import DamagedDocumentError
from index.formats.archive import open_archive, read_member

UNPACKED = 20_000_000  # bytes
CLAIMED = 100


def lying_archive() -> bytes:
    """Return an archive whose member says that it unpacks to far less than it does."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", b" " * UNPACKED)
    return file.getvalue().replace(struct.pack("<I", UNPACKED), struct.pack("<I", CLAIMED))


def test_member_is_unpacked_no_further_than_it_says() -> None:
    data = lying_archive()
    tracemalloc.start()
    try:
        with (
            pytest.raises(DamagedDocumentError, match="truncated or damaged archive"),
            open_archive(data, Path("a.docx")) as archive,
        ):
            read_member(archive, "a.xml")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < UNPACKED / 10
