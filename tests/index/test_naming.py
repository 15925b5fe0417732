from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.catalogue import Catalogue
from index.catalogue.entries import Entry, Root
from index.errors import UnknownDocumentError
from index.naming import document_named, safe_name
from index.records import Document
from tests.index.tiny import tiny_document

NOTES = tiny_document("a.txt", "One.", root="notes")
OTHER = tiny_document("a.txt", "Two.", root="other")
NESTED = tiny_document("notes/a.txt", "Three.", root="other")
ALONE = tiny_document("deep/b.txt", "Four.", root="other")


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue.open(tmp_path / "catalogue.sqlite", tmp_path, create=True)
    with opened.writing() as changes:
        changes.add_root(Root("notes", tmp_path / "notes"))
        changes.add_root(Root("other", tmp_path / "other"))
        changes.put(*(Entry(document, (), None) for document in (NOTES, OTHER, NESTED, ALONE)))
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("name", "document"),
    [
        (OTHER.id, OTHER),
        ("notes/a.txt", NOTES),  # and the path of another one within its root
        ("other/notes/a.txt", NESTED),
        ("deep/b.txt", ALONE),
    ],
)
def test_id_comes_before_root_and_path_before_the_path_alone(
    catalogue: Catalogue, name: str, document: Document
) -> None:
    with catalogue.reading() as rows:
        assert document_named(rows, name).id == document.id


def test_file_is_named_from_the_working_directory_too(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other" / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "other" / "deep")
    with catalogue.reading() as rows:
        assert document_named(rows, str(tmp_path / "other" / "a.txt")).id == OTHER.id
        assert document_named(rows, "../a.txt").id == OTHER.id
        assert document_named(rows, "b.txt").id == ALONE.id


def test_path_that_several_roots_hold_names_none_of_them(catalogue: Catalogue) -> None:
    with (
        catalogue.reading() as rows,
        pytest.raises(UnknownDocumentError, match=r"any of notes/a\.txt, other/a\.txt"),
    ):
        document_named(rows, "a.txt")


def test_name_of_nothing_is_said_to_be(catalogue: Catalogue) -> None:
    with catalogue.reading() as rows, pytest.raises(UnknownDocumentError, match=r"no document.*''"):
        document_named(rows, "")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("My notes (2).PDF", "My notes (2).PDF"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\notes.md", "notes.md"),
        ("a/..", "document"),
        ("", "document"),
        (".hidden.txt", "hidden.txt"),
        (" two\nlines\u00a0.txt", "two lines .txt"),
        ("turned\u202etxt.md", "turnedtxt.md"),
        ("\udcffa.txt", "a.txt"),
        ("e\u0301.md", "\u00e9.md"),
        ("\u00e9" * 300 + ".pdf", "\u00e9" * 100 + ".pdf"),
    ],
)
def test_name_for_a_file_stays_in_its_folder_and_is_readable(given: str, name: str) -> None:
    assert safe_name(given) == name


def test_suffix_that_no_file_system_takes_is_cut() -> None:
    assert len(safe_name(f"a.{'b' * 400}").encode()) == 200
