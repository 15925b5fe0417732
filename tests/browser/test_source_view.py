from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from index.documents import document_id
from tests.browser.serving import served

pytestmark = pytest.mark.browser

NOTES = """---
title: Notes
---
# Notes of \U0001f3db the council

The o\ufb03ce was in **Rome**, \U0001f600 said
the secretary.[^1] It is there still.

- The first chair
  - Its deputy

| Town | Old | Note |
|---|---|---|
| Rome | | seat |
| A town with a very long name | Anotherverylongname | Still another one, and longer |

[^1]: From the minutes.
"""
LINES = "The first line.\r\nThe second \U0001f600 line.\r\n\r\nThe third line.\r\n"
ROWS = "Number,Town\n" + "".join(f"{number},Town {number}\n" for number in range(12_000))
ARABIC = """<html dir="rtl" lang="ar"><title>\u0645\u062c\u0644\u0633</title>
<p>\u062a\u0623\u0633\u0633 \u0641\u064a \u0631\u0648\u0645\u0627 28 NATO Council members 2002.</p>
<ul><li>\u0639\u0646\u0635\u0631<ul><li>\u062f\u0627\u062e\u0644\u064a</li></ul></li></ul>
<table><tr><th>\u0627\u0644\u0645\u062f\u064a\u0646\u0629</th><th>A</th></tr>
<tr><td>\u0631\u0648\u0645\u0627</td><td>B</td></tr></table><p>English, read from the left.</p>
"""
SOURCES = {"notes.md": NOTES, "lines.txt": LINES, "rows.csv": ROWS, "arabic.html": ARABIC}

# The place of some words in what is shown, which may lie in several elements of a block.
FIND = """words => {
  for (const block of document.querySelectorAll("main :is(p, h2, li, td, th, .text)")) {
    const start = block.textContent.indexOf(words);
    if (start < 0 || !block.querySelector("[data-start]")) continue;
    const range = new Range();
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    for (let at = 0, text = walker.nextNode(); text; at += text.length, text = walker.nextNode()) {
      const [first, last] = [start - at, start + words.length - at];
      if (first >= 0 && first < text.length) range.setStart(text, first);
      if (last > 0 && last <= text.length) range.setEnd(text, last);
    }
    return range;
  }
}"""
SELECT = f"""([from, to]) => {{
  const find = {FIND};
  const range = find(from);
  const last = find(to);
  range.setEnd(last.endContainer, last.endOffset);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}}"""
SELECTED = """async () => {
  const { selectedRange } = await import("/static/selection.js");
  return selectedRange(document.querySelector("main"));
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve documents of several forms, and give the address without the last slash."""
    folder = tmp_path_factory.mktemp("forms")
    (folder / "documents").mkdir()
    for name, source in SOURCES.items():
        (folder / "documents" / name).write_bytes(source.encode())
    with served(folder) as address:
        yield address


def show(page: Page, name: str, *marked: str, view: str = "") -> None:
    """Open a document with the first places of some words marked."""
    starts = [(SOURCES[name].index(words), len(words)) for words in marked]
    ranges = ",".join(f"{start}-{start + length}" for start, length in starts)
    address = f"/documents/{document_id('documents', name)}?ranges={ranges}"
    page.goto(f"{address}{view and f'&view={view}'}#first")


def select(page: Page, first: str, last: str = "") -> Any:
    """Select from some words to others, and return what the page says is selected."""
    page.evaluate(SELECT, [first, last or first])
    return page.evaluate(SELECTED)


def sliced(name: str, selected: Any) -> str:
    return SOURCES[name][selected["start"] : selected["end"]]


def test_words_selected_with_the_mouse_are_the_files_own_characters(page: Page) -> None:
    show(page, "notes.md", "Rome")
    place = page.evaluate(f"""() => {{
      const {{ left, right, top, height }} = ({FIND})("the secretary").getBoundingClientRect();
      return {{ left, right, middle: top + height / 2 }};
    }}""")
    page.mouse.move(place["left"] + 1, place["middle"])
    page.mouse.down()
    page.mouse.move(place["right"] - 1, place["middle"], steps=5)
    page.mouse.up()
    selected = page.evaluate(SELECTED)
    assert selected["text"] == "the secretary"
    assert sliced("notes.md", selected) == "the secretary"


@pytest.mark.parametrize(
    ("words", "source"),
    [
        ("office", "o\ufb03ce"),
        ("fi", "\ufb03"),  # a part of it is no character of the source
        ("Rome, \U0001f600 said the", "Rome**, \U0001f600 said\nthe"),
        ("secretary. It", "secretary.[^1] It"),
        ("the council", "the council"),
        ("Its deputy", "Its deputy"),
    ],
)
def test_a_selection_counts_characters_of_the_source(page: Page, words: str, source: str) -> None:
    show(page, "notes.md", "Rome")
    selected = select(page, words)
    assert sliced("notes.md", selected) == source


def test_a_selection_over_several_blocks_covers_all_between(page: Page) -> None:
    show(page, "notes.md", "Rome")
    selected = select(page, "there still.", "Its deputy")
    assert sliced("notes.md", selected) == "there still.\n\n- The first chair\n  - Its deputy"
    assert selected["text"] == "there still.\nThe first chair\nIts deputy"
    cells = select(page, "Old", "seat")
    assert sliced("notes.md", cells) == "Old | Note |\n|---|---|---|\n| Rome | | seat"


def test_a_selection_in_a_text_with_carriage_returns_is_exact(page: Page) -> None:
    show(page, "lines.txt", "second")
    assert page.locator(".text").evaluate("text => text.textContent") == LINES
    selected = select(page, "line.\r\nThe second \U0001f600", "third")
    assert sliced("lines.txt", selected) == selected["text"] == LINES[10:-8]


def test_without_source_in_it_a_selection_is_none(page: Page) -> None:
    show(page, "notes.md", "Rome")
    assert page.evaluate(SELECTED) is None
    page.evaluate("getSelection().selectAllChildren(document.querySelector('h1'))")
    assert page.evaluate(SELECTED) is None
    page.evaluate("getSelection().collapse(document.querySelector('mark').firstChild, 2)")
    assert page.evaluate(SELECTED) is None


def test_all_ranges_are_marked_and_the_first_is_in_view(page: Page) -> None:
    page.set_viewport_size({"width": 600, "height": 300})
    show(page, "notes.md", "seat", "secretary", "\ufb03")
    expect(page.locator("mark")).to_have_text(["ffi", "secretary", "seat"])
    expect(page.locator("mark#first")).to_have_text("seat")
    expect(page.locator("mark#first")).to_be_in_viewport(ratio=1)


def test_a_table_scrolls_in_its_frame_by_keyboard(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    show(page, "notes.md", "seat")
    table = page.get_by_role("region", name="Table 1")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert table.evaluate("table => table.scrollWidth > table.clientWidth")
    expect(table).to_have_attribute("tabindex", "0")
    before = table.evaluate("table => table.scrollLeft")
    table.focus()
    page.keyboard.press("ArrowLeft" if before else "ArrowRight")
    page.wait_for_function(
        "([table, before]) => table.scrollLeft !== before", arg=[table.element_handle(), before]
    )


def test_the_names_of_the_columns_stay_in_view_over_a_marked_row(page: Page) -> None:
    show(page, "rows.csv", "Town 9000")
    expect(page.locator("mark#first")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("columnheader", name="Town")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("link", name="Show what comes before")).to_be_attached()


def test_text_from_right_to_left_keeps_to_the_page(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    show(page, "arabic.html", view="text")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    show(page, "arabic.html")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    directions = page.locator("main :is(p, ul, table)[dir]").evaluate_all(
        "blocks => blocks.map((block) => getComputedStyle(block).direction)"
    )
    assert directions == ["rtl", "rtl", "rtl", "ltr"]
    selected = select(page, "NATO Council")
    source = page.request.get(f"/documents/{document_id('documents', 'arabic.html')}/source").text()
    assert source[selected["start"] : selected["end"]] == "NATO Council"


def test_another_form_and_back_keep_the_mark_in_view(page: Page) -> None:
    show(page, "notes.md", "secretary")
    page.get_by_role("link", name="As text", exact=True).click()
    expect(page.locator(".text mark#first")).to_have_text("secretary")
    expect(page.locator("mark#first")).to_be_in_viewport(ratio=1)
    page.get_by_role("link", name="As a document").click()
    expect(page.locator("p mark#first")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
@pytest.mark.parametrize("name", ["notes.md", "arabic.html", "lines.txt"])
def test_axe_finds_nothing_to_mend(
    page: Page, name: str, scheme: Literal["light", "dark"], width: int
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    show(page, name, *(["title", "Rome", "minutes"] if name == "notes.md" else []))
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_what_is_in_the_page_suits_its_kind(page: Page) -> None:
    show(page, "notes.md", "Rome")
    main = page.get_by_role("main")
    expect(main.get_by_role("heading", level=2)).to_have_text("Notes of \U0001f3db the council")
    expect(main.get_by_role("listitem")).to_have_count(2)
    expect(main.get_by_role("columnheader")).to_have_text(["Town", "Old", "Note"])
    expect(main.get_by_role("row").nth(1).get_by_role("cell")).to_have_text(["Rome", "", "seat"])
    expect(main.locator(".footnote")).to_have_text("From the minutes.")
