from __future__ import annotations

import struct
import subprocess
import sys
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


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="tells no memory to limit")
def test_tree_that_memory_has_no_room_for_is_no_damage() -> None:
    grow = """
import resource
from index.formats.archive import read_xml
data = b"<a>" + b"<p>x</p>" * 5_000_000 + b"</a>"
held = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (held + 2**26, held + 2**26))
try:
    read_xml(data)
except MemoryError:
    print("out of memory")
"""
    told = subprocess.run([sys.executable, "-c", grow], capture_output=True, text=True, check=True)
    assert told.stdout == "out of memory\n"
