# ruff: noqa: RUF001 (Cyrillic letters are meant)
from __future__ import annotations

import pytest

from index.errors import DamagedDocumentError, EmptyDocumentError
from tests.index.formats.builders import read, shown, texts


def test_blocks_are_joined_by_blank_lines_and_rows_by_newlines() -> None:
    extraction = read(
        "<h1>Head</h1><p>Text</p><table><tr><td>1</td><td>2</td></tr><tr><td>3<td>4</table>",
        "a.html",
    )
    assert extraction.source_text == "Head\n\nText\n\n1\t2\n3\t4"
    assert [kind for kind, _ in shown(extraction)] == [
        *("heading", "paragraph", "table_row", "table_row")
    ]


def test_white_space_is_folded_as_browsers_do() -> None:
    html = "<p>\n  one <b> two</b>\n three&nbsp;&amp;<br>\n four </p>"
    assert texts(read(html, "a.html")) == ["one two three\xa0&\nfour"]


def test_what_surrounds_the_text_is_left_out() -> None:
    html = """<html><head><style>a{}</style></head><body><header>Site</header><nav>Menu</nav>
        <main><header><h1>Head</h1></header>Text<script>x()</script><!-- no --></main>
        <p hidden>a</p><p style="color:red; display: none">b</p><aside>Ad</aside>
        <footer>Imprint</footer></body></html>"""
    assert texts(read(html, "a.html")) == ["Head", "Text"]


def test_text_outside_of_any_element_is_kept_apart_from_blocks() -> None:
    assert texts(read("<div>a<p>b</p>c <i>d</i></div>e", "a.html")) == ["a", "b", "c d", "e"]


def test_list_items_know_their_depth() -> None:
    extraction = read("<ul><li>a<ol><li>b</li></ol></li><li><p>c</p><p>d</p></li></ul>", "a.html")
    assert [
        (block.level, text)
        for block, text in zip(extraction.blocks, texts(extraction), strict=True)
    ] == [*((1, "a"), (2, "b"), (1, "c"), (1, "d"))]


def test_a_header_row_is_a_caption_where_the_table_has_none() -> None:
    rows = "<tr><th>Year<th>Event</tr><tr><td>1991<td>NACC</tr>"
    assert [kind for kind, _ in shown(read(f"<table>{rows}</table>", "a.html"))] == [
        *("caption", "table_row")
    ]
    captioned = read(f"<table><caption>Table 1</caption>{rows}</table>", "a.html")
    assert [kind for kind, _ in shown(captioned)] == ["caption", "table_row", "table_row"]


def test_a_table_around_the_page_makes_no_rows() -> None:
    html = "<table><tr><td><h1>Head</h1><p>Text</p></td><td><p>More</p></td></tr></table>"
    assert shown(read(html, "a.html")) == [
        ("heading", "Head"),
        ("paragraph", "Text"),
        ("paragraph", "More"),
    ]


@pytest.mark.parametrize(
    "marker",
    [
        '<sup><a href="#fn1">1</a></sup>',
        '<a href="#fn1"><sup>1</sup></a>',
        '<a role="doc-noteref" href="#fn1">1</a>',
        '<sup class="reference"><a href="#cite_note-1">[1]</a></sup>',
    ],
)
def test_note_markers_are_in_the_source_but_in_no_range(marker: str) -> None:
    extraction = read(f"<p>Signed.{marker} Then 5 km<sup>2</sup>.</p>", "a.html")
    assert texts(extraction) == ["Signed.| Then 5 km2."]
    assert "1" in extraction.source_text


@pytest.mark.parametrize(
    "notes",
    [
        '<section class="footnotes"><ol><li>Note</li></ol></section>',
        '<ol><li id="fn1"><p>Note</p></li></ol>',
        '<aside role="doc-footnote"><p>Note</p></aside>',
        '<div role="doc-endnotes"><p>Note</p></div>',
    ],
)
def test_footnotes_are_told_from_text(notes: str) -> None:
    assert shown(read(f"<p>Text</p>{notes}", "a.html"))[-1] == ("footnote", "Note")


def test_preformatted_text_keeps_its_white_space() -> None:
    assert shown(read("<pre>a\n   b\n\nc</pre>", "a.html")) == [("code", "a\n   b\n\nc")]


def test_title_date_and_language_come_from_the_head() -> None:
    extraction = read(
        '<html lang="en"><head><title> The\n Act </title><meta property="article:published_time" '
        'content="1997-05-27T09:00Z"></head><body><h1>Other</h1></body></html>',
        "a.html",
    )
    assert (extraction.title, extraction.published) == ("The Act", "1997-05-27")
    assert extraction.metadata == {"language": "en"}


def test_what_is_not_there_to_be_read_is_in_no_title() -> None:
    html = "<h1><script>alert(1)</script>The <!-- first --><b>Act</b></h1><p>Signed.</p>"
    assert read(html, "a.html").title == "The Act"


def test_title_is_read_however_deep_it_is_nested() -> None:
    deep = "<h1>" + "<b>" * 1_800 + "A <i>deep</i> title" + "</b>" * 1_800 + "</h1><p>Text.</p>"
    assert read(deep, "a.html").title == "A deep title"


def test_title_is_the_first_heading_where_the_head_has_none() -> None:
    html = '<svg><title>icon</title></svg><h1>The <i>Act</i></h1><time datetime="1997">then</time>'
    extraction = read(html, "a.html")
    assert (extraction.title, extraction.published) == ("The Act", "1997")


def test_declared_encoding_is_used() -> None:
    html = '<meta charset="windows-1251"><p>НАТО</p>'
    assert texts(read(html.encode("cp1251"), "a.html")) == ["НАТО"]


def test_xhtml_is_read_as_xml_and_broken_xhtml_as_html() -> None:
    page = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>{}</body></html>'
    assert texts(read(page.format("<p>a&nbsp;&lt;<b/>b</p>"), "a.xhtml")) == ["a\xa0<b"]
    assert texts(read(page.replace("<title/>", "").format("<p>a<p>b"), "a.html")) == ["a", "b"]


def test_entities_of_a_document_type_are_not_expanded() -> None:
    bomb = (
        '<!DOCTYPE html [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
        '<html xmlns="http://www.w3.org/1999/xhtml"><body><p>x &b; y</p></body></html>'
    )
    assert "haha" not in read(bomb, "a.xhtml").source_text


def test_nesting_too_deep_to_read_is_reported_and_not_cut_off() -> None:
    assert texts(read("<div>" * 1000 + "deep", "a.html")) == ["deep"]
    with pytest.raises(DamagedDocumentError, match="nested too deep"):
        read("<p>before</p>" + "<div>" * 100_000 + "deep", "a.html")


def test_a_page_of_controls_only_is_empty() -> None:
    with pytest.raises(EmptyDocumentError):
        read("<form><button>Go</button><select><option>a</select></form>", "a.html")
