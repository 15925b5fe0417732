from __future__ import annotations

import struct
from contextlib import suppress
from functools import cache
from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import (
    DamagedDocumentError,
    EmptyDocumentError,
    EncryptedDocumentError,
    ExtractionError,
    OversizedDocumentError,
    UnsupportedFormatError,
)
from index.formats import SUFFIXES
from tests.index.formats.builders import archive, epub, paragraph, pdf, read, word

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
HTML = "<!doctype html><html><body><p>Text</p></body></html>"
MARKDOWN = "# Head\n\nSome *words*[^1] `code`\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[^1]: Note\n"


@cache
def samples() -> dict[str, bytes]:
    return {
        "a.txt": b"A line of text.\n\nAnother line.",
        "a.md": MARKDOWN.encode(),
        "a.html": HTML.encode(),
        "a.pdf": pdf([paragraph(["Some text on a page.", "And more."])]),
        "a.docx": word(),
        "a.epub": epub({"one.xhtml": "<p>Text</p>"}),
        "a.csv": b'Year,Event\n1991,"The ""NACC"""\n',
    }


def test_every_sample_is_read_by_the_reader_of_its_suffix() -> None:
    for name, data in samples().items():
        extraction = read(data, name)
        assert extraction.blocks
        assert extraction.extractor == SUFFIXES[f".{name.partition('.')[2]}"].extractor


def test_suffixes_are_read_in_any_case() -> None:
    assert read("A line.", "A.TXT").source_text == "A line."


def test_unknown_suffix_names_those_that_are_read() -> None:
    with pytest.raises(UnsupportedFormatError, match=r"a\.odt.*\.docx"):
        read("x", "a.odt")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_of_no_bytes_is_empty(suffix: str) -> None:
    with pytest.raises(EmptyDocumentError, match="0 bytes"):
        read(b"", f"a{suffix}")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", b" \r\n\t"),
        ("a.txt", b"\xef\xbb\xbf"),
        ("a.md", b"<!-- only a comment -->"),
        ("a.md", b"---\ntitle: Nothing else\n---\n"),
        ("a.html", b"<html><script>x()</script></html>"),
        ("a.csv", b",,\n,,\n"),
        ("a.epub", epub({"one.xhtml": "<img/>"}, more={"OEBPS/nav.xhtml": "<nav/>"})),
    ],
)
def test_a_file_without_text_is_empty(name: str, data: bytes) -> None:
    with pytest.raises(EmptyDocumentError, match="no text"):
        read(data, name)


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.txt", b"%PDF-1.4", "PDF"),
        ("a.csv", b"PK\x03\x04", "zip"),
        ("a.pdf", b"PK\x03\x04", "zip"),
        ("a.docx", HTML.encode(), "HTML"),
        ("a.epub", b"%PDF-1.4", "PDF"),
        ("a.txt", b"\xef\xbb\xbf <html lang='en'>", "HTML"),
        ("a.md", b"{\\rtf1", "RTF"),
        ("a.html", b"\x89PNG\r\n\x1a\n", "image"),
        ("a.docx", OLE, r"\.doc"),
        ("a.docx", b"plain", "not a DOCX"),
        ("a.docx", archive({"xl/workbook.xml": ""}), "Excel"),
        ("a.docx", archive({"readme.txt": "x"}), "not a DOCX"),
        ("a.epub", archive({"readme.txt": "x"}), "not a whole EPUB"),
    ],
)
def test_a_wrong_suffix_says_what_the_file_looks_like(name: str, data: bytes, kind: str) -> None:
    with pytest.raises(DamagedDocumentError, match=kind):
        read(data, name)


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.epub"])
def test_a_truncated_file_says_so(name: str) -> None:
    data = samples()[name]
    with pytest.raises(DamagedDocumentError, match="truncated"):
        read(data[: len(data) * 2 // 3], name)


def test_encrypted_office_file_needs_a_password() -> None:
    with pytest.raises(EncryptedDocumentError):
        read(OLE + "EncryptedPackage".encode("utf-16-le"), "a.docx")


def test_encrypted_archive_needs_a_password() -> None:
    data = bytearray(word())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1  # the flag of its first member
    with pytest.raises(EncryptedDocumentError):
        read(bytes(data), "a.docx")


def test_a_decompression_bomb_is_refused_by_its_declared_size() -> None:
    data = bytearray(word())
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 2**30)
    with pytest.raises(OversizedDocumentError, match="1,07"):
        read(bytes(data), "a.docx")


def test_a_member_that_decompresses_to_more_than_it_declares_is_damaged() -> None:
    data = bytearray(archive({"META-INF/container.xml": " " * 10_000_000}))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 100)
    with pytest.raises(DamagedDocumentError):
        read(bytes(data), "a.epub")


def test_what_a_parser_does_not_foresee_is_damage() -> None:
    data = bytearray(samples()["a.epub"])
    data[-6:-2] = struct.pack("<I", len(data))  # so that members begin before the file
    with pytest.raises(DamagedDocumentError):
        read(bytes(data), "a.epub")


def test_errors_name_the_file_and_the_reason() -> None:
    with pytest.raises(ExtractionError) as caught:
        read(b"a\0b", "folder/a.txt")
    assert str(caught.value) == f"folder/a.txt: {caught.value.reason}"


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(SUFFIXES)), st.binary(max_size=200))
def test_random_bytes_raise_extraction_errors_only(suffix: str, data: bytes) -> None:
    with suppress(ExtractionError):
        read(data, f"a{suffix}")


def inner(name: str) -> list[str]:
    with ZipFile(BytesIO(samples()[name])) as file:
        return [member for member in file.namelist() if member.endswith((".xml", ".xhtml", ".opf"))]


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_mutated_files_raise_extraction_errors_only(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(samples())))
    with suppress(ExtractionError):
        extraction = read(_mutated(data, samples()[name]), name)
        assert all(
            0 <= start < end <= len(extraction.source_text)
            for block in extraction.blocks
            for start, end in block.ranges
        )
        extraction.source_text.encode()


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_mutated_archive_members_raise_extraction_errors_only(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["a.docx", "a.epub"]))
    member = data.draw(st.sampled_from(inner(name)))
    with ZipFile(BytesIO(samples()[name])) as file:
        members = {each: file.read(each) for each in file.namelist()}
    members[member] = _mutated(data, members[member])
    with suppress(ExtractionError):
        read(archive(members), name)


def _mutated(data: st.DataObject, original: bytes) -> bytes:
    changed = bytearray(original)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(0, len(changed) - 1)))
        until = at + data.draw(st.sampled_from([0, 1, 1, 8, len(changed)]))
        changed[at:until] = data.draw(st.binary(max_size=8))
    return bytes(changed)
