# ruff: noqa: RUF001 (Cyrillic letters are meant)
from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import DamagedDocumentError
from index.formats.decoding import decode

PATH = Path("note.txt")


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_utf_8_is_decoded_exactly(text: str) -> None:
    assert decode(text.encode(), PATH) == text


def test_newlines_and_byte_order_mark_stay_in_the_text() -> None:
    assert decode(b"\xef\xbb\xbfa\r\nb\rc", PATH) == "\ufeffa\r\nb\rc"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_encodings_are_told_by_their_mark(encoding: str) -> None:
    assert decode("\ufeffСаммит 1997".encode(encoding), PATH) == "\ufeffСаммит 1997"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_told_by_its_nuls(encoding: str) -> None:
    text = "The Founding Act was signed in Paris."
    assert decode(text.encode(encoding), PATH) == text


def test_legacy_encodings_are_guessed() -> None:
    text = "Das Bündnis erklärte, die Gespräche würden fortgeführt. Größe und Stärke zählen."
    assert decode(text.encode("cp1252"), PATH) == text
    russian = "Россия и НАТО подписали Основополагающий акт в Париже 27 мая 1997 года."
    assert decode(russian.encode("cp1251"), PATH) == russian


def test_declared_encoding_counts_only_where_utf_8_fails() -> None:
    assert decode("é".encode(), PATH, declared="cp1252") == "é"
    assert decode("ж".encode("koi8-r"), PATH, declared="koi8-r") == "ж"
    assert decode(b"caf\xe9 \\ud800", PATH, declared="unicode_escape").startswith("caf")


@pytest.mark.parametrize(
    "data",
    [b"text\0text", bytes(range(256)) * 4, b"\xff\xfea", b"\x01\x02\x03 text", b"ab\0\0" * 50],
)
def test_binary_data_is_no_text(data: bytes) -> None:
    with pytest.raises(DamagedDocumentError):
        decode(data, PATH)


def test_letters_with_a_few_nuls_among_them_are_no_utf_16() -> None:
    with pytest.raises(DamagedDocumentError):
        decode(b"Paris\0Rome. " * 9, Path("a.txt"))
