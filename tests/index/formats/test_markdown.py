from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import EmptyDocumentError
from tests.index.formats.builders import read, shown, texts


def test_ranges_cover_shown_characters_only() -> None:
    text = "A **bold** and *soft* [link](http://x.org/bold 'bold') and `co*de`."
    assert texts(read(text, "a.md")) == ["A |bold| and |soft| |link| and |co*de|."]


def test_headings_lose_their_hashes_and_underlines() -> None:
    text = "# One #\n\n## # Two\n\nThree\n-----\n\n1. # 1\n"
    assert shown(read(text, "a.md")) == [
        ("heading", "One"),
        ("heading", "# Two"),
        ("heading", "Three"),
        ("heading", "1"),
    ]
    assert [block.level for block in read(text, "a.md").blocks] == [1, 2, 2, 1]


def test_list_items_know_their_depth() -> None:
    extraction = read("- one\n  - two\n\n    more\n* [ ] three\n", "a.md")
    assert shown(extraction) == [
        ("list_item", "one"),
        ("list_item", "two"),
        ("list_item", "more"),
        ("list_item", "[ ] three"),
    ]
    assert [block.level for block in extraction.blocks] == [1, 2, 2, 1]


def test_table_cells_are_ranges_of_their_row() -> None:
    text = "| Year | Event |\n|---|---|\n| 1991 | NACC \\| EAPC |\n|  | E | \n"
    assert shown(read(text, "a.md")) == [
        ("caption", "Year|Event"),
        ("table_row", "1991|NACC || EAPC"),
        ("table_row", "E"),
    ]


def test_quote_marks_between_lines_are_not_shown() -> None:
    assert texts(read("> one **two\n> three** four", "a.md")) == ["one |two\n|three| four"]


def test_lines_of_a_paragraph_are_one_range() -> None:
    assert texts(read("one\r\n  two\r\nthree", "a.md")) == ["one\r\n  two\r\nthree"]


def test_escapes_lose_their_backslash_and_entities_stay() -> None:
    assert texts(read(r"a \* b &amp; c \d", "a.md")) == [r"a |* b &amp; c \d"]


def test_code_keeps_its_lines() -> None:
    text = "```py\ndef f():\n    return 1\n```\n\n    indented\n      more\n"
    assert shown(read(text, "a.md")) == [
        ("code", "def f():\n    return 1"),
        ("code", "indented\n      more"),
    ]


def test_inline_code_is_cut_at_its_own_backticks() -> None:
    assert texts(read("a `` x`y `` b ` ` c", "a.md")) == ["a |x`y| b | | c"]


def test_marks_that_open_nothing_are_shown() -> None:
    assert texts(read("a `# * b** [c ~~~ <d _ ![", "a.md")) == ["a `# * b** [c ~~~ <d _ !["]


def test_notes_are_blocks_and_their_markers_outside_every_range() -> None:
    text = "Signed.[^1] Then.\n\n[^1]: The *text*\n    of it.\n\n[^x]: Unused.\n"
    assert shown(read(text, "a.md")) == [
        ("paragraph", "Signed.| Then."),
        ("footnote", "The |text|\n    of it."),
        ("footnote", "Unused."),
    ]


def test_html_and_its_comments_are_not_shown() -> None:
    text = "<!-- a\nb -->\n<div>One <b>two</b></div><p>Three</p>\n\nFour <br> <i>five</i>\n"
    assert texts(read(text, "a.md")) == ["One |two", "Three", "Four | |five"]


def test_images_addresses_and_autolinks() -> None:
    text = "![alt](a.png) See <https://x.org/a%20b>, <a@b.org> or [text][r].\n\n[r]: http://y.org"
    assert texts(read(text, "a.md")) == ["See |https://x.org/a%20b|, |a@b.org| or |text|."]


def test_front_matter_is_used_and_not_shown() -> None:
    extraction = read("---\ntitle: 'The Act'\ndate: 27 May 1997\n---\nText.\n", "a.md")
    assert (extraction.title, extraction.published) == ("The Act", "1997-05-27")
    assert texts(extraction) == ["Text."]


def test_title_is_the_highest_heading_without_markup() -> None:
    assert read("## Before\n\n# The *whole* `title`\n", "a.md").title == "The whole title"


def test_byte_order_mark_counts_and_hides_no_heading() -> None:
    extraction = read("\ufeff# Head\n", "a.md")
    assert extraction.source_text[0] == "\ufeff"
    assert shown(extraction) == [("heading", "Head")]


words = st.lists(st.sampled_from(["war", "peace", "1997", "Čáslav", "it's"]), min_size=1).map(
    " ".join
)
inlines = st.one_of(
    words,
    words.map("*{}*".format),
    words.map("**{}**".format),
    words.map("`{}`".format),
    words.map("[{}](http://hidden.example)".format),
    words.map("~~{}~~".format),
)
lines = st.lists(inlines, min_size=1, max_size=4).map(" ".join)
quotes = lines.map("> {}".format)
blocks = st.one_of(
    lines, lines.map("## {}".format), lines.map("- {}".format), quotes, lines.map("1. {}".format)
)


@settings(deadline=None)
@given(st.lists(blocks, min_size=1, max_size=5), st.sampled_from(["\n\n", "\r\n\r\n", "\n\n\n"]))
def test_no_markup_is_in_any_range_and_no_word_is_lost(parts: list[str], gap: str) -> None:
    source = gap.join(parts)
    found = texts(read(source, "a.md"))
    seen = " ".join(found).replace("|", "")
    assert not set("*`[]()~>#") & set(seen)
    assert "hidden" not in seen
    plain = source.replace("](http://hidden.example)", "")
    letters = [c for c in plain if c.isalpha()]
    assert [c for c in seen if c.isalpha()] == letters


scraps = st.sampled_from(
    [
        *(
            "# ",
            "#",
            "- ",
            "1. ",
            "> ",
            "|",
            "\n|-|-|\n",
            "| a | b |\n|---|---|\n",
            "---\n",
            "===\n",
        ),
        *("*", "**", "`", "``", "~~", "[", "](x)", "[^1]", "[^1]: ", "![", "\\", "&amp;"),
        *("<b>", "<!--", "-->", "<http://a.b>", "a", "b c"),
        *("\n", "\n\n", "  \n", "    ", "\t", "\u2003", "\x0b", "\x85"),
    ]
)


@settings(deadline=None)
@given(st.lists(scraps, max_size=20).map("".join))
def test_any_markdown_is_aligned(source: str) -> None:
    with suppress(EmptyDocumentError):
        extraction = read(source + "z", "a.md")
        for block in extraction.blocks:
            flat = [at for span in block.ranges for at in span]
            assert flat == sorted(flat)
            assert "".join(source[a:b] for a, b in block.ranges).strip() or flat[-1] > len(source)
