from __future__ import annotations

import pytest

from index.errors import DamagedDocumentError, EncryptedDocumentError
from tests.index.formats.builders import archive, epub, read, shown, texts

ENCRYPTION = """<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"
  xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptedData><e:CipherData>
  <e:CipherReference URI="{}"/></e:CipherData></e:EncryptedData></encryption>"""


def test_chapters_are_read_in_the_order_of_the_spine() -> None:
    data = epub({"b.xhtml": "<h1>Second first</h1><p>Text</p>", "a.xhtml": "<h1>Then</h1>"})
    assert texts(read(data, "a.epub")) == ["Second first", "Text", "Then"]


def test_a_chapter_without_a_heading_gets_its_title_in_the_contents() -> None:
    data = epub({"a%20b.xhtml": "<p>Text</p>"}, more={"OEBPS/a b.xhtml": "<p>Text</p>"})
    assert shown(read(data, "a.epub")) == [
        ("heading", "Chapter a%20b.xhtml"),
        ("paragraph", "Text"),
    ]


def test_title_date_and_language_come_from_the_package() -> None:
    extraction = read(epub({"a.xhtml": "<p>Text</p>"}), "a.epub")
    assert (extraction.title, extraction.published) == ("A Book", "2004-03-29")
    assert extraction.metadata == {"language": "en"}


def test_notes_in_asides_are_footnotes() -> None:
    body = (
        '<h1>One</h1><p>Signed.<a xmlns:e="http://www.idpf.org/2007/ops" e:type="noteref" '
        'href="#n">1</a></p><aside xmlns:e="http://www.idpf.org/2007/ops" e:type="footnote">'
        "<p>Note</p></aside>"
    )
    assert shown(read(epub({"a.xhtml": body}), "a.epub")) == [
        ("heading", "One"),
        ("paragraph", "Signed."),
        ("footnote", "Note"),
    ]


def test_encrypted_chapters_are_refused_and_encrypted_fonts_are_not() -> None:
    more = {"META-INF/encryption.xml": ENCRYPTION.format("OEBPS/a.xhtml")}
    with pytest.raises(EncryptedDocumentError, match="DRM"):
        read(epub({"a.xhtml": "<p>Text</p>"}, more=more), "a.epub")
    fonts = {"META-INF/encryption.xml": ENCRYPTION.format("OEBPS/font.otf")}
    assert read(epub({"a.xhtml": "<p>Text</p>"}, more=fonts), "a.epub").blocks


@pytest.mark.parametrize(
    "members",
    [
        {"META-INF/container.xml": "<container/>"},
        {"META-INF/container.xml": "<container"},
        {"META-INF/container.xml": '<container><rootfile full-path="gone.opf"/></container>'},
    ],
)
def test_a_missing_or_broken_package_is_damage(members: dict[str, str]) -> None:
    with pytest.raises(DamagedDocumentError, match="not a whole EPUB"):
        read(archive(members), "a.epub")


def test_a_missing_chapter_is_damage() -> None:
    data = epub({"a.xhtml": "<p>Text</p>"}, more={"OEBPS/book.opf": """
        <package><manifest><item id="a" href="gone.xhtml" media-type="application/xhtml+xml"/>
        </manifest><spine><itemref idref="a"/></spine></package>"""})  # fmt: skip
    with pytest.raises(DamagedDocumentError, match=r"gone\.xhtml"):
        read(data, "a.epub")
