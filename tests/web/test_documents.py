from __future__ import annotations

from hashlib import sha256

import pytest
from flask.testing import FlaskClient

from assistant.answering import Assistant
from tests.web.making import COUNCIL, COUNCIL_ID, SCRIPT, SCRIPT_ID
from tests.web.reading import elements, marks_of, source_of, text_of

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
ROME = COUNCIL.index("Rome")


def test_documents_are_listed_by_path(client: FlaskClient, assistant: Assistant) -> None:
    reply = client.get("/documents").get_json()
    paths = [document["path"] for document in reply["documents"]]
    assert paths == ["council.md", "script.txt", "treaty.pdf"]
    assert reply["generation"] == assistant.store.generation
    first, _, last = reply["documents"]
    assert (first["id"], first["title"]) == (COUNCIL_ID, "The council")
    assert (first["pages"], last["pages"]) == (0, 2)
    assert first["modified_at"].endswith("Z")


def test_health_counts_what_the_index_holds(client: FlaskClient) -> None:
    listed = client.get("/documents").get_json()
    assert client.get("/health").get_json() == {
        "status": "ok",
        "documents": 3,
        "passages": sum(document["passages"] for document in listed["documents"]),
        "generation": listed["generation"],
    }


def test_a_program_gets_a_document_with_its_highlights(client: FlaskClient) -> None:
    response = client.get(f"/documents/{COUNCIL_ID}?ranges={ROME}-{ROME + 4}")
    assert response.headers["Vary"] == "Accept"
    reply = response.get_json()
    assert reply["text"].startswith("The council\n")
    assert reply["sha256"] == sha256(COUNCIL.encode()).hexdigest()
    assert client.get(reply["source"]).get_data() == COUNCIL.encode()
    (highlight,) = reply["highlights"]
    assert (highlight["text"], highlight["page"]) == ("Rome", None)
    assert highlight["section"] == ["The council", "Its seat"]


def test_a_browser_gets_a_page_with_the_quote_marked(client: FlaskClient) -> None:
    address = f"/documents/{COUNCIL_ID}?ranges={ROME}-{ROME + 4},2-5"
    page = client.get(address, headers=BROWSER).get_data(as_text=True)
    assert marks_of(page) == [("The", None), ("Rome", "first")]
    assert "council.md" in page


def test_markdown_is_shown_as_a_document(client: FlaskClient) -> None:
    page = client.get(f"/documents/{COUNCIL_ID}", headers=BROWSER).get_data(as_text=True)
    headings = [(each.tag, text_of(each)) for each in elements(page, "h1", "h2", "h3")]
    assert headings == [("h1", "The council"), ("h2", "The council"), ("h3", "Its seat")]
    paragraphs = [each for each in elements(page, "p") if each.get("class") == "paragraph"]
    assert len(paragraphs) == 121
    assert not any("#" in text_of(each) for each in elements(page, "main"))


@pytest.mark.parametrize(
    ("address", "source"),
    [(f"{COUNCIL_ID}?view=text&ranges=2-5", COUNCIL), (f"{SCRIPT_ID}?ranges=2-5", SCRIPT)],
)
def test_as_text_the_page_shows_the_source_text_and_nothing_else(
    client: FlaskClient, address: str, source: str
) -> None:
    page = client.get(f"/documents/{address}", headers=BROWSER).get_data(as_text=True)
    assert source_of(page) == source


def test_markup_in_a_document_is_text(client: FlaskClient) -> None:
    page = client.get(f"/documents/{SCRIPT_ID}?ranges=11-19", headers=BROWSER)
    shown = page.get_data(as_text=True)
    assert marks_of(shown) == [("<script>", "first")]
    assert "&lt;img src=x onerror=alert(1)&gt;" in shown
    assert "<img src=x" not in shown


def test_the_source_text_is_plain_text(client: FlaskClient) -> None:
    response = client.get(f"/documents/{SCRIPT_ID}/source", headers=BROWSER)
    assert response.content_type == "text/plain; charset=utf-8"
    assert response.get_data() == SCRIPT.encode()


@pytest.mark.parametrize("ranges", ["5", "9-3", "0-100000", "x-y", "0-1;2-3"])
def test_impossible_ranges_are_a_bad_request(client: FlaskClient, ranges: str) -> None:
    address = f"/documents/{COUNCIL_ID}?ranges={ranges}"
    reply = client.get(address)
    assert reply.status_code == 400
    assert reply.get_json()["error"]["message"].startswith("ranges: ")
    page = client.get(address, headers=BROWSER)
    assert (page.status_code, page.mimetype) == (400, "text/html")


@pytest.mark.parametrize("part", ["", "/source", "/pages/1.png"])
def test_an_unknown_document_is_not_found(client: FlaskClient, part: str) -> None:
    response = client.get(f"/documents/nowhere{part}")
    assert response.status_code == 404
    assert response.get_json()["error"]["code"] == "unknown_document"


def test_an_unknown_document_is_a_page_in_a_browser(client: FlaskClient) -> None:
    response = client.get("/documents/%3Cscript%3E", headers=BROWSER)
    assert response.status_code == 404
    assert "there is no such document in the index" in response.get_data(as_text=True)
    assert "<script>" not in response.get_data(as_text=True)


def test_the_chat_page_counts_the_documents(client: FlaskClient) -> None:
    page = client.get("/", headers=BROWSER).get_data(as_text=True)
    assert '<span class="total">3 documents</span>' in page


def test_no_page_asks_another_host_for_anything(client: FlaskClient) -> None:
    for address in ("/", f"/documents/{COUNCIL_ID}"):
        page = client.get(address, headers=BROWSER).get_data(as_text=True)
        assert "//" not in page.replace("<!doctype html>", "")
