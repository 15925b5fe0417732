from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from assistant.conversation.conversations import Conversations
from index.documents import document_id
from index.store import Store
from tests.web.making import COUNCIL, COUNCIL_ID, PAPER_ID, SCRIPT_ID, fill, write_documents
from tests.web.reading import elements, marks_of, source_of, text_of
from web import create_app

BROWSER = {"Accept": "text/html"}
NOTES = "---\ndate: 2002-05-28\n---\n# Notes\n\nRome[^1] was **chosen** then.\n\n[^1]: By all.\n"
ROWS = "Number,Town\r\n" + "".join(f"{number},Rome {number}\r\n" for number in range(20_000))
LINES = "".join(f"The line of number {number}.\n" for number in range(20_000))


@pytest.fixture(scope="module")
def client(
    tmp_path_factory: pytest.TempPathFactory, conversations: Conversations
) -> Iterator[FlaskClient]:
    """Serve documents with parts that no reader sees, and long ones."""
    folder = tmp_path_factory.mktemp("long")
    write_documents(folder / "documents")
    (folder / "documents" / "notes.md").write_bytes(NOTES.encode())
    (folder / "documents" / "rows.csv").write_bytes(ROWS.encode())
    (folder / "documents" / "lines.txt").write_bytes(LINES.encode())
    with Store.open(folder / "index", embedder_name=None, create=True) as store:
        yield create_app(fill(store, folder / "documents"), conversations).test_client()


def show(client: FlaskClient, name: str, *marked: str, source: str = "", **query: str | int) -> str:
    """Return the page of a document with the first places of some words marked."""
    starts = [(source.index(words), len(words)) for words in marked]
    ranges = ",".join(f"{start}-{start + length}" for start, length in starts)
    address = f"/documents/{document_id('documents', name)}"
    response = client.get(address, query_string={"ranges": ranges, **query}, headers=BROWSER)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def links(page: str) -> dict[str, str]:
    return {text_of(link): str(link.get("href")) for link in elements(page, "a")}


def numbers_in(page: str) -> list[int]:
    """Return the first cells of a table's rows, but for its head."""
    return [int(text_of(row[0])) for row in elements(page, "tr") if row[0].tag == "td"]


def test_part_of_a_quote_that_no_block_shows_is_told_with_a_link_to_the_text(
    client: FlaskClient,
) -> None:
    page = show(client, "notes.md", "date", "chosen", source=NOTES)
    assert marks_of(page) == [("chosen", "first")]
    assert "Part of the quote is not in the text as a reader sees it" in page
    text = client.get(links(page)["see it as text"], headers=BROWSER).get_data(as_text=True)
    assert marks_of(text) == [("date", "first"), ("chosen", None)]


def test_a_quote_that_no_block_shows_is_told_where_the_link_to_it_leads(
    client: FlaskClient,
) -> None:
    page = show(client, "notes.md", "[^1]", source=NOTES)
    assert marks_of(page) == []
    (told,) = (each for each in elements(page) if each.get("id") == "first")
    assert text_of(told).split() == (
        "The quote is not in the text as a reader sees it: see it as text.".split()
    )


def test_what_is_shown_says_nothing_of_hidden_words(client: FlaskClient) -> None:
    assert "as a reader sees it" not in show(client, "notes.md", "chosen", source=NOTES)


def test_every_range_of_a_sentence_that_a_note_interrupts_is_marks_of(client: FlaskClient) -> None:
    page = show(client, "notes.md", "Rome", "was ", "chosen", " then", source=NOTES)
    assert [words for words, _ in marks_of(page)] == ["Rome", "was ", "chosen", " then"]


def test_carriage_returns_reach_the_browser(client: FlaskClient) -> None:
    page = show(client, "rows.csv", view="text")
    assert "Number,Town&#13;\n0,Rome 0&#13;\n" in page


def test_of_a_long_table_the_rows_around_the_mark_are_shown_under_their_names(
    client: FlaskClient,
) -> None:
    page = show(client, "rows.csv", "Rome 15000", source=ROWS)
    assert marks_of(page) == [("Rome 15000", "first")]
    assert [text_of(cell) for cell in elements(page, "th")] == ["Number", "Town"]
    rows = numbers_in(page)
    assert rows == list(range(rows[0], rows[-1] + 1))
    assert 3_000 < len(rows) < 4_500


def test_the_parts_of_a_long_table_follow_each_other(client: FlaskClient) -> None:
    page = show(client, "rows.csv", start=0)
    numbers: set[int] = set()
    for _ in range(9):
        numbers |= set(numbers_in(page))
        after = links(page).get("Show what comes after")
        if after is None:
            break
        page = client.get(after, headers=BROWSER).get_data(as_text=True)
    assert numbers == set(range(20_000))
    assert "Show what comes before" in page
    assert "Show what comes after" not in page


def test_a_long_text_is_shown_from_line_to_line(client: FlaskClient) -> None:
    page = show(client, "lines.txt", "number 9999.", source=LINES)
    assert marks_of(page) == [("number 9999.", "first")]
    shown = source_of(page)
    assert shown in LINES
    assert shown.startswith("The line of number ")
    assert shown.endswith(".\n")
    assert 58_000 < len(shown) < 62_000
    before, after = (
        source_of(client.get(links(page)[name], headers=BROWSER).get_data(as_text=True))
        for name in ("Show what comes before", "Show what comes after")
    )
    assert before + shown + after in LINES


def test_the_link_to_the_quote_leads_back_from_another_part(client: FlaskClient) -> None:
    page = show(client, "lines.txt", "number 9999.", source=LINES, start=0)
    assert marks_of(page) == []
    back = client.get(links(page)["Go to the quote"], headers=BROWSER).get_data(as_text=True)
    assert marks_of(back) == [("number 9999.", "first")]


@pytest.mark.parametrize("start", ["-5", "x", "99999999"])
def test_a_start_that_makes_no_sense_shows_some_part(client: FlaskClient, start: str) -> None:
    assert "The line of number" in show(client, "lines.txt", start=start)


@pytest.mark.parametrize("document", [COUNCIL_ID, SCRIPT_ID, PAPER_ID])
@pytest.mark.parametrize("change", ["changed", "gone"])
def test_the_page_tells_that_the_file_is_no_longer_what_was_indexed(
    own_client: FlaskClient, own_folder: Path, document: str, change: str
) -> None:
    told = "The file has changed since it was indexed, or is gone."
    address = f"/documents/{document}?ranges=2-5"
    assert told not in own_client.get(address, headers=BROWSER).get_data(as_text=True)
    for path in own_folder.iterdir():
        if change == "gone":
            path.unlink()
        else:
            path.write_bytes(path.read_bytes() + b"\nMore.\n")
    page = own_client.get(address, headers=BROWSER).get_data(as_text=True)
    assert told in page
    assert len(marks_of(page)) == 1


def test_links_to_other_forms_of_the_document_are_told_from_others(client: FlaskClient) -> None:
    page = show(client, "notes.md", "chosen", source=NOTES)
    shown = [link for main in elements(page, "main") for link in main.iter("a")]
    assert [(link.text, "data-view" in link.attrib) for link in shown] == [
        ("As text", True),
        ("Plain source text", False),
        ("Go to the quote", True),
    ]


def test_elements_tell_their_ranges_of_the_source(client: FlaskClient) -> None:
    page = show(client, "council.md", "in Rome", source=COUNCIL)
    shown = [each for each in elements(page) if "data-start" in each.attrib]
    at = [(int(each.attrib["data-start"]), int(each.attrib["data-end"])) for each in shown]
    assert [each.text for each in shown] == [COUNCIL[start:end] for start, end in at]
    assert len(shown) == 120 * 3 + 2 + 3  # paragraphs around <i> and </i>, headings, the marked one
