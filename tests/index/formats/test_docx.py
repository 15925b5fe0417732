from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
from docx.document import Document

from index.errors import DamagedDocumentError
from index.records import Extraction
from tests.index.formats.builders import archive, read, replace_members, shown, texts, word

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def saved(document: Document) -> bytes:
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def read_body(xml: str, *, more: dict[str, str] | None = None) -> Extraction:
    body = f'<w:document xmlns:w="{W}"><w:body>{xml}</w:body></w:document>'
    return read(replace_members(word(), {"word/document.xml": body, **(more or {})}), "a.docx")


def p(inner: str) -> str:
    return f"<w:p>{inner}</w:p>"


def r(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def test_headings_lists_and_paragraphs_are_told_by_their_styles() -> None:
    document = docx.Document()
    document.add_heading("Title", 0)
    document.add_heading("Origins", 2)
    document.add_paragraph("Text ").add_run("bold").bold = True
    document.add_paragraph("item", style="List Bullet")
    document.add_paragraph("deeper", style="List Number 2")
    document.add_paragraph("Table 1", style="Caption")
    extraction = read(saved(document), "a.docx")
    assert shown(extraction) == [
        ("heading", "Title"),
        ("heading", "Origins"),
        ("paragraph", "Text bold"),
        ("list_item", "item"),
        ("list_item", "deeper"),
        ("caption", "Table 1"),
    ]
    assert [block.level for block in extraction.blocks] == [1, 2, 0, 1, 2, 0]


def test_title_is_the_property_then_the_style_then_a_heading() -> None:
    document = docx.Document()
    document.add_heading("Section", 1)
    assert read(saved(document), "a.docx").title == "Section"
    document.add_heading("Styled", 0)
    assert read(saved(document), "a.docx").title == "Styled"
    document.core_properties.title = "Property"
    assert read(saved(document), "a.docx").title == "Property"


def test_table_rows_are_cells_joined_by_tabs_with_merged_cells_once() -> None:
    document = docx.Document()
    table = document.add_table(3, 3)
    rows = [("Year", "Event", "Place"), ("1991", "NACC", "Brussels"), ("", "EAPC", "")]
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(1, 1).merge(table.cell(1, 2))
    assert shown(read(saved(document), "a.docx")) == [
        ("caption", "Year\tEvent\tPlace"),
        ("table_row", "1991\tNACC Brussels"),
        ("paragraph", "EAPC"),
    ]


def test_a_table_of_one_column_is_layout() -> None:
    document = docx.Document()
    document.add_table(1, 1).cell(0, 0).text = "Boxed"
    assert shown(read(saved(document), "a.docx")) == [("paragraph", "Boxed")]


def test_insertions_content_controls_and_text_boxes_are_read_and_deletions_not() -> None:
    extraction = read_body(
        p(r("kept") + f"<w:ins>{r(' new')}</w:ins>"
          "<w:del><w:r><w:delText>old</w:delText></w:r></w:del>"
          f"<w:moveFrom>{r('moved')}</w:moveFrom>")
        + f"<w:sdt><w:sdtContent>{p(r('control'))}</w:sdtContent></w:sdt>"
        + p(r("around") + f"<w:r><w:txbxContent>{p(r('box'))}</w:txbxContent></w:r>")
    )  # fmt: skip
    assert texts(extraction) == ["kept new", "control", "around", "box"]


def test_tabs_breaks_and_hyphens_are_characters_and_tab_stops_are_not() -> None:
    extraction = read_body(
        p("<w:pPr><w:tabs><w:tab/></w:tabs></w:pPr>"
          "<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/></w:r>")
    )  # fmt: skip
    assert texts(extraction) == ["a\tb\nc-"]


def test_numbering_and_outline_level_count_without_a_style() -> None:
    extraction = read_body(
        p('<w:pPr><w:outlineLvl w:val="1"/></w:pPr>' + r("Head"))
        + p('<w:pPr><w:numPr><w:ilvl w:val="2"/><w:numId w:val="5"/></w:numPr></w:pPr>' + r("item"))
    )
    assert [(block.kind.value, block.level) for block in extraction.blocks] == [
        ("heading", 2),
        ("list_item", 3),
    ]


def notes_of(kind: str) -> dict[str, str]:
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="n" Type="{RELATIONS}/{kind}s" Target="{kind}s.xml"/>'
        f'<Relationship Id="x" Type="{RELATIONS}/image" Target="../NULL"/>'
        f'<Relationship Id="y" Type="{RELATIONS}/styles" Target="http://x.org/s.xml" '
        'TargetMode="External"/></Relationships>'
    )
    notes = (
        f'<w:{kind}s xmlns:w="{W}"><w:{kind} w:id="0" w:type="separator">{p(r("-"))}</w:{kind}>'
        f'<w:{kind} w:id="7">{p(r(" The note."))}</w:{kind}></w:{kind}s>'
    )
    return {"word/_rels/document.xml.rels": relations, f"word/{kind}s.xml": notes}


@pytest.mark.parametrize("kind", ["footnote", "endnote"])
def test_notes_stand_after_what_refers_to_them(kind: str) -> None:
    extraction = read_body(
        p(r("Signed.") + f'<w:r><w:{kind}Reference w:id="7"/></w:r>' + r(" Then.")) + p(r("More.")),
        more=notes_of(kind),
    )
    assert shown(extraction) == [
        ("paragraph", "Signed. Then."),
        ("footnote", "The note."),
        ("paragraph", "More."),
    ]


def test_unreadable_xml_is_damage() -> None:
    with pytest.raises(DamagedDocumentError, match="not a whole DOCX"):
        read(replace_members(word(), {"word/document.xml": "<w:document"}), "a.docx")


def test_a_missing_main_part_is_damage() -> None:
    with ZipFile(BytesIO(word())) as file:
        members = {name: file.read(name) for name in file.namelist()}
    del members["word/document.xml"]
    with pytest.raises(DamagedDocumentError, match="not a whole DOCX"):
        read(archive(members), "a.docx")


def test_external_entities_are_not_read() -> None:
    body = (
        '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
        f'<w:document xmlns:w="{W}"><w:body>{p(r("a&e;b"))}</w:body></w:document>'
    )
    extraction = read(replace_members(word(), {"word/document.xml": body}), "a.docx")
    assert texts(extraction) == ["a"]
