from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from index.layout import find_blocks
from index.records import BlockKind, Page

BODY = "The committee, which had met twice before in the old harbour town, would be the first par-"
REST = "ticipant of its kind. It was dissolved a year later."


def blocks_of(text: str) -> list[tuple[str, list[str]]]:
    return [
        (block.kind.value, [text[start:end].strip() for start, end in block.ranges])
        for block in find_blocks(text)
    ]


def test_paragraph_goes_on_behind_the_notes_and_the_table_that_interrupt_it() -> None:
    note = "¹ Archive of the harbour office, cited in: Lund P., Ports, p. 4."
    caption = "Table 1. Meetings of the committee"
    rows = "1961\tFirst meet-\n\ting, in the harbour.\n1962\tSecond meeting."
    text = "\n\n".join([BODY, note, caption, rows, REST])
    assert blocks_of(text) == [
        ("paragraph", [BODY, REST]),
        ("footnote", [note]),
        ("caption", [caption]),
        ("table_row", ["1961\tFirst meet-\n\ting, in the harbour."]),
        ("table_row", ["1962\tSecond meeting."]),
    ]


def test_note_without_a_number_is_a_footnote_where_it_interrupts_a_sentence() -> None:
    note = "Paula Lund is a reader in maritime history at the harbour academy."
    text = "\n\n".join([BODY, note, "² Ibid., p. 9.", REST])
    assert [kind for kind, _ in blocks_of(text)] == ["paragraph", "footnote", "footnote"]


def test_whole_paragraphs_between_whole_paragraphs_stay_paragraphs() -> None:
    text = "First of all, it rained.\n\nsecond, it snowed in the lower town.\n\nThird, it froze."
    assert [kind for kind, _ in blocks_of(text)] == ["paragraph"] * 3


def test_wrapped_lines_belong_to_one_paragraph_and_a_short_line_ends_it() -> None:
    text = (
        "The harbour was built between two wars by engineers who\n"
        "had never seen the sea, and it has been flooded each\n"
        "winter since.\n"
        "Nobody has drawn up plans for another one, since the town\n"
        "has no money.\n"
    )
    kinds = blocks_of(text)
    assert [kind for kind, _ in kinds] == ["paragraph", "paragraph"]
    assert kinds[1][1][0].startswith("Nobody")


def test_headings_are_numbered_or_stand_alone_above_longer_text() -> None:
    text = (
        "The Harbour Committee\n\n1. Origins\n\nIt was set up in 1961 to plan the port.\n\n"
        "1.1 Members\n\nIt had nine members, three of them women.\n"
        "Later Years\nIt met until 1978, when its last chairman retired to the islands.\n"
    )
    levels = [(block.kind, block.level) for block in find_blocks(text)]
    heading, paragraph = BlockKind.HEADING, BlockKind.PARAGRAPH
    assert levels == [
        (heading, 1),
        (heading, 2),
        (paragraph, 0),
        (heading, 3),
        (paragraph, 0),
        (heading, 2),
        (paragraph, 0),
    ]


def test_list_items_lose_their_bullets_but_not_their_numbers() -> None:
    text = "It has:\n\n  - a pier;\n  - a light.\n\n 1) First\n 2) Second\n"
    assert blocks_of(text)[1:] == [
        ("list_item", ["a pier;"]),
        ("list_item", ["a light."]),
        ("list_item", ["1) First"]),
        ("list_item", ["2) Second"]),
    ]


def test_sentence_goes_on_over_a_page_break_and_a_running_head() -> None:
    first, head = (
        "It rained.\n\nThe ships that lay in the outer harbour were later sold to the\n",
        "PORTS 12\n",
    )
    text = first + head + "Norwegian line that ran the mail boats.\n"
    pages = (Page(1, 0, len(first)), Page(2, len(first), len(text)))
    skipped = [(len(first), len(first) + len(head))]
    _, block = find_blocks(text, pages, skipped=skipped)
    assert [text[start:end] for start, end in block.ranges] == [
        first.removeprefix("It rained.\n\n"),
        "Norwegian line that ran the mail boats.\n",
    ]


def test_skipped_ranges_lie_outside_every_block() -> None:
    text = "The light7 was built first. It was painted white.\n"
    (block,) = find_blocks(text, skipped=[(9, 10)])
    assert block.ranges == ((0, 9), (10, len(text)))


@given(st.text(alphabet=st.sampled_from("aB .,-\n\t1²$•"), max_size=120))
def test_blocks_hold_every_character_once_save_bullets_and_white_space(text: str) -> None:
    shown = sorted(r for block in find_blocks(text) for r in block.ranges)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(shown))
    kept = "".join(text[start:end] for start, end in shown)
    assert [c for c in kept if c.isalnum()] == [c for c in text if c.isalnum()]
