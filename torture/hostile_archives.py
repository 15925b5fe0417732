"""Hostile DOCX and EPUB files."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from tests.index.formats.builders import archive, epub
from torture.hostile_cases import Case, Surroundings, file_case
from torture.hostile_texts import laughs, outside

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_DAMAGED = "failed: (not a whole|cannot be read|truncated or damaged|its reader)"
_TOO_MUCH = (
    "failed: (unpacks to|reading it takes|it was not read|not a whole|holds|cannot be read"
    "|there is no text)"
)
_BLOCK = 2**20  # bytes


def docx(body: str, *, doctype: str = "", more: Mapping[str, bytes | str] | None = None) -> bytes:
    """Write a DOCX of a body's XML, with a document type before it and other members."""
    return archive(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r" '
            f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f'{doctype}<w:document xmlns:w="{_WORD}" xmlns:r="{_OFFICE}">'
            f"<w:body>{body}</w:body></w:document>",
            **(more or {}),
        }
    )


def paragraph(text: str) -> str:
    """Return a DOCX's XML for a paragraph."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def archive_cases() -> list[Case]:
    """Return the cases."""
    return [*_bombs(), *_repeating(), *_linked(), *_broken()]


def _bombs() -> list[Case]:
    def member(around: Surroundings, *, lies: bool) -> bytes:
        size = around.sizes.bomb
        return _with_huge_member(docx(""), "word/document.xml", size, lies=lies)

    def nested(around: Surroundings) -> bytes:
        inner = archive({f"{n}.xml": bytes(around.sizes.bomb // 4096) for n in range(16)})
        for _ in range(4):
            inner = archive({f"{number}.zip": inner for number in range(8)})
        return docx(paragraph("Paris"), more={"word/embeddings/inner.zip": inner})

    def many(around: Surroundings) -> bytes:
        return docx(paragraph("Paris"), more={f"x/{n}": "" for n in range(around.sizes.nesting)})

    def text(around: Surroundings) -> bytes:
        times = min(around.sizes.bomb, 500 * 2**20) // len(paragraph("Paris."))
        return docx(paragraph("Paris.") * times)

    return [
        file_case(
            "a huge member of a DOCX",
            "huge.docx",
            _TOO_MUCH,
            lambda around: member(around, lies=False),
        ),
        file_case(
            "a huge member that lies about its size",
            "lies.docx",
            "failed: (truncated or damaged|not a whole|unpacks)",
            lambda around: member(around, lies=True),
        ),
        file_case(
            "a huge chapter of an EPUB",
            "huge.epub",
            _TOO_MUCH,
            lambda around: _with_huge_member(
                epub({"a.xhtml": "Paris"}), "OEBPS/a.xhtml", around.sizes.bomb
            ),
        ),
        file_case("archives in an archive", "nested.docx", "committed|failed: unpacks", nested),
        file_case("many members", "many.docx", "committed", many),
        file_case(
            "as many paragraphs as are unpacked", "text.docx", f"committed|{_TOO_MUCH}", text
        ),
    ]


def _repeating() -> list[Case]:
    def spine(around: Surroundings) -> bytes:
        book = epub({"a.xhtml": "<p>It was signed in Paris.</p>" * 20})
        return _replaced(
            book,
            "OEBPS/book.opf",
            b'<itemref idref="a.xhtml"/>',
            b'<itemref idref="a.xhtml"/>' * around.sizes.nesting,
        )

    def styles(around: Surroundings) -> bytes:
        count = around.sizes.nesting // 20
        chain = "".join(
            f'<w:style w:styleId="s{n}"><w:basedOn w:val="s{(n + 1) % count}"/></w:style>'
            for n in range(count)
        )
        styled = '<w:p><w:pPr><w:pStyle w:val="s0"/></w:pPr><w:r><w:t>Paris.</w:t></w:r></w:p>'
        return docx(
            styled * count,
            more=related("styles", f'<w:styles xmlns:w="{_WORD}">{chain}</w:styles>'),
        )

    def notes(around: Surroundings) -> bytes:
        refers = '<w:p><w:r><w:footnoteReference w:id="1"/></w:r></w:p>'
        note = f'<w:footnote w:id="1">{paragraph("It was signed in Paris. " * 50)}</w:footnote>'
        return docx(
            refers * around.sizes.nesting,
            more=related("footnotes", f'<w:footnotes xmlns:w="{_WORD}">{note}</w:footnotes>'),
        )

    def deep(around: Surroundings) -> bytes:
        times = around.sizes.nesting
        return docx("<w:tbl><w:tr><w:tc>" * times + "</w:tc></w:tr></w:tbl>" * times)

    return [
        file_case("a chapter over and over", "spine.epub", f"committed|{_TOO_MUCH}", spine),
        file_case("styles in a circle", "styles.docx", f"committed|{_TOO_MUCH}", styles),
        file_case("a note over and over", "notes.docx", f"committed|{_TOO_MUCH}", notes),
        file_case("tables nested in a DOCX", "deep.docx", _DAMAGED, deep),
    ]


def _linked() -> list[Case]:
    def linked(around: Surroundings) -> bytes:
        targets = (
            around.address,
            around.secret.as_uri(),
            str(around.secret),
            "../../../etc/passwd",
        )
        kinds = ("styles", "footnotes", "attachedTemplate", "image", "subDocument", "hyperlink")
        relations = "".join(
            f'<Relationship Id="r{kind}{at}" Type="{_OFFICE}/{kind}" Target="{target}" {mode}/>'
            for kind in kinds
            for at, target in enumerate(targets)
            for mode in ('TargetMode="External"', "")
        )
        body = paragraph("It was signed in Paris.") + '<w:subDoc r:id="rsubDocument0"/>'
        return docx(
            body,
            more={
                "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{relations}'
                "</Relationships>"
            },
        )

    def book(around: Surroundings) -> bytes:
        page = epub({"a.xhtml": f'<p>Paris</p><img src="{around.address}"/>'})
        return _replaced(
            page,
            "OEBPS/book.opf",
            b'href="a.xhtml"',
            b'href="%b"' % around.secret.as_uri().encode(),
        )

    return [
        file_case("links out of a DOCX", "linked.docx", "committed", linked),
        file_case("a chapter outside its EPUB", "outside.epub", _DAMAGED, book),
        *(
            file_case(
                f"{what} in {where}",
                f"{name}{suffix}",
                f"committed|{_DAMAGED}|failed: there",
                partial(make, doctype, text),
            )
            for where, suffix, make in (("a DOCX", ".docx", _word), ("an EPUB", ".epub", _book))
            for what, name, doctype, text in (
                ("a billion laughs", "laughs", laughs, "Paris &lol9;"),
                ("an external entity", "entity", outside, "Paris &file; &net;"),
            )
        ),
    ]


def _word(doctype: Callable[[Surroundings], str], text: str, around: Surroundings) -> bytes:
    return docx(paragraph(text), doctype=doctype(around))


def _book(doctype: Callable[[Surroundings], str], text: str, around: Surroundings) -> bytes:
    before = doctype(around).encode()
    book = epub({"a.xhtml": f"<p>{text}</p>"})
    for name, root in (("OEBPS/book.opf", b"<package"), ("OEBPS/a.xhtml", b"<html")):
        book = _replaced(book, name, root, before + root)
    return book


def _broken() -> list[Case]:
    return [
        file_case("a DOCX cut short", "cut.docx", _DAMAGED, lambda _: docx("")[:-30]),
        file_case("a zip of nothing", "empty.docx", "failed", lambda _: archive({})),
        file_case(
            "names that lead out",
            "names.docx",
            "committed",
            lambda _: docx(
                paragraph("Paris"), more={"../../../evil.txt": "x", "/evil.txt": "x", "a\nb": "x"}
            ),
        ),
    ]


def related(kind: str, content: str) -> dict[str, bytes | str]:
    """Return the members of a DOCX that relate its body to one more part."""
    return {
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="x" '
        f'Type="{_OFFICE}/{kind}" Target="{kind}.xml"/></Relationships>',
        f"word/{kind}.xml": content,
    }


def _replaced(data: bytes, name: str, old: bytes, new: bytes) -> bytes:
    with ZipFile(BytesIO(data)) as file:
        members = {member: file.read(member) for member in file.namelist()}
    return archive({**members, name: members[name].replace(old, new)})


def _with_huge_member(data: bytes, name: str, size: int, *, lies: bool = False) -> bytes:
    """Put a member of spaces into an archive, which packs them a thousand times smaller."""
    packed = inflating(size)[2:-4]  # without zlib's header and checksum
    out = BytesIO()
    with ZipFile(BytesIO(data)) as file, ZipFile(out, "w", ZIP_DEFLATED) as written:
        for member in file.namelist():
            if member != name:
                written.writestr(member, file.read(member))
        at = out.tell()
        written.writestr(ZipInfo(name), packed)
    raw = bytearray(out.getvalue())
    crc = 0
    for _ in range(size // _BLOCK):
        crc = zlib.crc32(b" " * _BLOCK, crc)
    claimed = min(100 if lies else size, 2**32 - 1)
    for place, offset in ((at, 8), (raw.rindex(b"PK\1\2"), 10)):
        struct.pack_into("<H", raw, place + offset, ZIP_DEFLATED)
        struct.pack_into("<III", raw, place + offset + 6, crc, len(packed), claimed)
    return bytes(raw)


def inflating(size: int) -> bytes:
    """Return zlib's form of that many spaces: a block of them, packed once and repeated."""
    packer = zlib.compressobj(9)
    header = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * _BLOCK) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 1
    for _ in range(size // _BLOCK):
        checksum = zlib.adler32(b" " * _BLOCK, checksum)
    return header + block * (size // _BLOCK) + b"\x03\x00" + checksum.to_bytes(4, "big")
