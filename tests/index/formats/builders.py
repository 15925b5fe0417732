"""Small files of every format, built in code, and what the readers made of them."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import docx

from index.formats import extract
from index.records import Extraction

Drawn = tuple[float, float, float, str]  # x, y, size, text


def read(data: bytes | str, name: str) -> Extraction:
    return extract(data.encode() if isinstance(data, str) else data, Path(name))


def shown(extraction: Extraction) -> list[tuple[str, str]]:
    """Return each block's kind and its ranges' texts, a | between ranges that do not touch."""
    return [
        (block.kind.value, "|".join(extraction.source_text[a:b] for a, b in block.ranges))
        for block in extraction.blocks
    ]


def texts(extraction: Extraction) -> list[str]:
    return [text for _, text in shown(extraction)]


def pdf(
    pages: Sequence[Iterable[Drawn]], *, info: str = "", trailer: str = "", rotate: int = 0
) -> bytes:
    """Write a PDF of 400 by 600 points a page, in Helvetica, WinAnsi encoded."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(count))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {count}>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    for number, drawn in enumerate(pages):
        content = zlib.compress(b"\n".join(map(_draw, drawn)))
        objects += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 600]/Rotate {rotate}"
            f"/Contents {5 + 2 * number} 0 R/Resources<</Font<</F 3 0 R>>>>>>".encode(),
            b"<</Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(content), content),
        ]
    if info:
        objects.append(f"<<{info}>>".encode("cp1252"))
        trailer += f"/Info {len(objects)} 0 R"
    return assemble(objects, trailer)


def _draw(drawn: Drawn) -> bytes:
    x, y, size, text = drawn
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /F {size} Tf {x} {y} Td ({escaped}) Tj ET".encode("cp1252")


def assemble(objects: Sequence[bytes], trailer: str) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += f"trailer <</Size {len(objects) + 1}/Root 1 0 R{trailer}>>\n".encode()
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def paragraph(lines: Sequence[str], *, top: float = 500, size: float = 10) -> list[Drawn]:
    return [(50, top - 12 * number, size, line) for number, line in enumerate(lines)]


def archive(members: Mapping[str, bytes | str]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return out.getvalue()


def replace_members(data: bytes, members: Mapping[str, bytes | str]) -> bytes:
    """Return a zip archive with some of its members replaced or added."""
    with ZipFile(BytesIO(data)) as file:
        kept = {name: file.read(name) for name in file.namelist()}
    return archive({**kept, **members})


def word() -> bytes:
    document = docx.Document()
    document.add_heading("Partnership for Peace", 0)
    document.add_heading("Origins", 1)
    document.add_paragraph("Russia joined in June 1994.")
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def epub(chapters: Mapping[str, str], *, more: Mapping[str, str] | None = None) -> bytes:
    """Write an EPUB 3 whose contents name every chapter "Chapter" and its file's name."""
    items = "".join(
        f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in chapters
    )
    links = "".join(f'<li><a href="{name}">Chapter {name}</a></li>' for name in chapters)
    pages = {
        f"OEBPS/{name}": f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{body}</body></html>'
        for name, body in chapters.items()
    }
    return archive(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:'
            'container"><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
            "OEBPS/book.opf": '<package xmlns="http://www.idpf.org/2007/opf"><metadata '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>A Book</dc:title>'
            "<dc:language>en</dc:language><dc:date>2004-03-29</dc:date></metadata><manifest>"
            f'{items}<item id="nav" href="nav.xhtml" properties="nav" '
            'media-type="application/xhtml+xml"/></manifest><spine>'
            + "".join(f'<itemref idref="{name}"/>' for name in chapters)
            + "</spine></package>",
            "OEBPS/nav.xhtml": f'<html xmlns="http://www.w3.org/1999/xhtml"><nav>{links}</nav></html>',
            **pages,
            **(more or {}),
        }
    )
