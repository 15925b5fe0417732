"""DOCX: paragraphs, headings, lists, tables and notes, as the document's body orders them.

The parts are read straight from the archive: python-docx's text leaves out insertions under
revision, content controls, text boxes and notes, and it gives up on a dangling relation.
"""

from __future__ import annotations

import posixpath
from pathlib import Path
from zipfile import ZipFile

from lxml import etree

from index.errors import DamagedDocumentError
from index.formats.archive import open_archive, read_member, read_xml
from index.formats.building import SourceBuilder
from index.formats.docx_body import DocxBody, Notes
from index.formats.docx_styles import Styles, attribute
from index.formats.html_tree import text_of
from index.records import BlockKind, Extraction

EXTRACTOR = "docx/1"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_OTHER_KINDS = {"xl/": "an Excel workbook", "ppt/": "a PowerPoint presentation"}


def extract_docx(data: bytes, path: Path) -> Extraction:
    """Read a Word document; links out of it are never followed.

    Raises:
        DamagedDocumentError: The archive is truncated, not a DOCX, or its XML is unreadable.
        EncryptedDocumentError: The archive needs a password.
        OversizedDocumentError: It is a decompression bomb.
    """
    with open_archive(data, path) as archive:
        _check_kind(archive, path)
        try:
            return _extraction(archive)
        except (KeyError, etree.XMLSyntaxError) as error:
            raise DamagedDocumentError(
                path, f"not a whole DOCX ({error}); open it in a word processor and save it anew"
            ) from error


def _extraction(archive: ZipFile) -> Extraction:
    package = _relations(archive, "")
    name = package["officeDocument"]
    document, parts = read_xml(read_member(archive, name)), _relations(archive, name)
    builder = SourceBuilder()
    body = DocxBody(
        builder,
        Styles(_part(archive, parts.get("styles"))),
        {**_notes(archive, parts, "footnote"), **_notes(archive, parts, "endnote")},
    )
    for element in document.iterchildren("{*}body"):
        body.add(element)
    metadata = _metadata(_part(archive, package.get("core-properties")))
    return Extraction(
        source_text=builder.source_text(),
        blocks=tuple(builder.blocks),
        media_type=MEDIA_TYPE,
        extractor=EXTRACTOR,
        title=metadata.pop("title", "") or body.title or _first_heading(builder),
        metadata=metadata,
    )


def _check_kind(archive: ZipFile, path: Path) -> None:
    names = archive.namelist()
    for folder, kind in _OTHER_KINDS.items():
        if any(name.startswith(folder) for name in names):
            raise DamagedDocumentError(path, f"named .docx, but it is {kind}; export it as text")
    if "[Content_Types].xml" not in names:
        raise DamagedDocumentError(
            path, "a zip archive, but not a DOCX; unpack it and add what is in it"
        )


def _relations(archive: ZipFile, name: str) -> dict[str, str]:
    """Return the parts that a part relates to, by the last word of the relation's type."""
    folder, base = posixpath.split(name)
    relations = _part(archive, posixpath.join(folder, "_rels", f"{base}.rels"))
    if relations is None:
        return {}
    return {
        relation.get("Type", "").rpartition("/")[2]: posixpath.normpath(
            posixpath.join("/", folder, relation.get("Target", ""))
        ).lstrip("/")
        for relation in relations.iterchildren("{*}Relationship")
        if relation.get("TargetMode") != "External"
    }


def _part(archive: ZipFile, name: str | None) -> etree._Element | None:
    return read_xml(read_member(archive, name)) if name in archive.namelist() else None


def _notes(archive: ZipFile, parts: dict[str, str], kind: str) -> Notes:
    root = _part(archive, parts.get(f"{kind}s"))
    found = root.iterchildren(f"{{*}}{kind}") if root is not None else ()
    return {(kind, attribute(note, "id")): note for note in found}


def _metadata(properties: etree._Element | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in ("title", "creator", "language"):
        element = properties.find(f"{{*}}{name}") if properties is not None else None
        if element is not None and (text := text_of(element)):
            found[name] = text
    return found


def _first_heading(builder: SourceBuilder) -> str:
    text = builder.source_text()
    headings = (block for block in builder.blocks if block.kind is BlockKind.HEADING)
    return next((" ".join(text[slice(*block.ranges[0])].split()) for block in headings), "")
