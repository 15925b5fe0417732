"""EPUB: the chapters of the spine, in order, each read as HTML."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote
from zipfile import ZipFile

from lxml import etree

from index.errors import DamagedDocumentError, EncryptedDocumentError
from index.formats.archive import open_archive, read_member, read_xml
from index.formats.building import Piece, SourceBuilder
from index.formats.front_matter import iso_date
from index.formats.html_blocks import add_blocks
from index.formats.html_tree import local_name, parse, text_of
from index.records import BlockKind, Extraction

EXTRACTOR = "epub/1"
MEDIA_TYPE = "application/epub+zip"

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")


@dataclass(frozen=True, slots=True)
class _Item:
    """One file of the package document's manifest."""

    name: str  # in the archive
    media_type: str
    properties: tuple[str, ...]


def extract_epub(data: bytes, path: Path) -> Extraction:
    """Read an EPUB; a chapter that shows no heading gets its title in the contents.

    Raises:
        DamagedDocumentError: The archive, its package document or a chapter is damaged.
        EncryptedDocumentError: Its chapters are encrypted.
        OversizedDocumentError: It is a decompression bomb.
    """
    with open_archive(data, path) as archive:
        try:
            package, folder = _package(archive)
            items = _items(package, folder)
            _check_encryption(archive, items, path)
            builder = _chapters(archive, _spine(package, items), _titles(archive, items), path)
        except (KeyError, etree.XMLSyntaxError) as error:
            raise DamagedDocumentError(
                path, f"not a whole EPUB ({error}); get a fresh copy of the file"
            ) from error
    metadata = _metadata(package)
    return Extraction(
        source_text=builder.source_text(),
        blocks=tuple(builder.blocks),
        media_type=MEDIA_TYPE,
        extractor=EXTRACTOR,
        title=metadata.pop("title", ""),
        published=iso_date(metadata.pop("date", "")),
        metadata=metadata,
    )


def _package(archive: ZipFile) -> tuple[etree._Element, str]:
    """Return the package document, and the folder that its names start from."""
    container = read_xml(read_member(archive, _CONTAINER))
    names = [element.get("full-path", "") for element in _all(container, "rootfile")]
    name = names[0] if names else ""
    return read_xml(read_member(archive, name)), posixpath.dirname(name)


def _items(package: etree._Element, folder: str) -> dict[str, _Item]:
    return {
        element.get("id", ""): _Item(
            _member(folder, element.get("href", "")),
            element.get("media-type", ""),
            tuple(element.get("properties", "").split()),
        )
        for element in _all(package, "item")
    }


def _spine(package: etree._Element, items: dict[str, _Item]) -> Iterator[_Item]:
    for reference in _all(package, "itemref"):
        item = items.get(reference.get("idref", ""))
        if item and item.media_type in _PAGES and "nav" not in item.properties:
            yield item


def _chapters(
    archive: ZipFile, spine: Iterator[_Item], titles: dict[str, str], path: Path
) -> SourceBuilder:
    builder = SourceBuilder()
    for item in spine:
        chapter = parse(read_member(archive, item.name), path)
        if chapter is None:
            continue
        if item.name in titles and not any(local_name(e) in ("h1", "h2") for e in chapter.iter()):
            builder.add(BlockKind.HEADING, [Piece(titles[item.name])], level=1)
        add_blocks(builder, chapter)
    return builder


def _titles(archive: ZipFile, items: dict[str, _Item]) -> dict[str, str]:
    """Read the first title of every chapter from the contents, of EPUB 3 or of EPUB 2."""
    titles: dict[str, str] = {}
    for item in items.values():
        if "nav" not in item.properties and item.media_type != "application/x-dtbncx+xml":
            continue
        folder = posixpath.dirname(item.name)
        contents = read_xml(read_member(archive, item.name))
        for link in _all(contents, "a"):
            titles.setdefault(_member(folder, link.get("href", "")), text_of(link))
        for point in _all(contents, "navPoint"):
            label, target = next(_all(point, "text"), None), next(_all(point, "content"), None)
            if label is not None and target is not None:
                titles.setdefault(_member(folder, target.get("src", "")), text_of(label))
    return titles


def _check_encryption(archive: ZipFile, items: dict[str, _Item], path: Path) -> None:
    """Check that no chapter is encrypted: fonts often are, and nobody reads those here."""
    if _ENCRYPTION not in archive.namelist():
        return
    references = _all(read_xml(read_member(archive, _ENCRYPTION)), "CipherReference")
    encrypted = {_member("", reference.get("URI", "")) for reference in references}
    if any(item.name in encrypted for item in items.values() if item.media_type in _PAGES):
        raise EncryptedDocumentError(path, "copy protected (DRM); add a copy without protection")


def _metadata(package: etree._Element) -> dict[str, str]:
    """Return the first title, creator, language and date that the package names."""
    found: dict[str, str] = {}
    for name in ("title", "creator", "language", "date"):
        element = next(_all(package, name), None)
        if element is not None and (text := text_of(element)):
            found[name] = text
    return found


def _member(folder: str, address: str) -> str:
    name = unquote(address.partition("#")[0])
    return posixpath.normpath(posixpath.join(folder, name))


def _all(root: etree._Element, name: str) -> Iterator[etree._Element]:
    found: Iterator[etree._Element] = root.iter(f"{{*}}{name}")
    return found
