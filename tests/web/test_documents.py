from __future__ import annotations

import re
from hashlib import sha256

import pytest
from flask.testing import FlaskClient

from tests.web.making import COUNCIL, COUNCIL_ID, SCRIPT, SCRIPT_ID

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
ROME = COUNCIL.index("Rome")


def test_documents_are_listed_by_path(client: FlaskClient) -> None:
    reply = client.get("/documents").get_json()
    assert [document["path"] for document in reply["documents"]] == ["council.md", "script.txt"]
    assert reply["generation"] == 1
    first = reply["documents"][0]
    assert (first["id"], first["title"]) == (COUNCIL_ID, "The council")
    assert (first["pages"], first["passages"], first["quality"]) == (0, 1, 1.0)
    assert first["modified_at"] == "2001-09-09T01:46:40Z"


def test_health_counts_what_the_index_holds(client: FlaskClient) -> None:
    assert client.get("/health").get_json() == {
        "status": "ok",
        "documents": 2,
        "passages": 2,
        "generation": 1,
    }


def test_a_program_gets_a_document_with_its_highlights(client: FlaskClient) -> None:
    response = client.get(f"/documents/{COUNCIL_ID}?ranges={ROME}-{ROME + 4}")
    assert response.headers["Vary"] == "Accept"
    reply = response.get_json()
    assert reply["text"] == COUNCIL
    assert reply["sha256"] == sha256(COUNCIL.encode()).hexdigest()
    assert reply["highlights"] == [
        {"start": ROME, "end": ROME + 4, "text": "Rome", "page": None, "section": ["The council"]}
    ]


def test_a_browser_gets_a_page_with_the_quote_marked(client: FlaskClient) -> None:
    address = f"/documents/{COUNCIL_ID}?ranges={ROME}-{ROME + 4},2-5"
    page = client.get(address, headers=BROWSER).get_data(as_text=True)
    assert '<mark id="first">Rome</mark>' in page
    assert "<mark>The</mark>" in page
    assert page.count('id="first"') == 1
    assert "council.md" in page


def test_the_page_shows_the_source_text_and_nothing_else(client: FlaskClient) -> None:
    page = client.get(f"/documents/{COUNCIL_ID}?ranges=2-5", headers=BROWSER).get_data(as_text=True)
    (shown,) = re.findall(r'<div class="text" dir="auto">(.*?)</div>', page, re.DOTALL)
    assert re.sub("</?mark.*?>", "", shown) == COUNCIL


def test_markup_in_a_document_is_text(client: FlaskClient) -> None:
    page = client.get(f"/documents/{SCRIPT_ID}?ranges=11-19", headers=BROWSER)
    shown = page.get_data(as_text=True)
    assert '<mark id="first">&lt;script&gt;</mark>document.title' in shown
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
    assert "&lt;script&gt;" in response.get_data(as_text=True)
    assert "<script>" not in response.get_data(as_text=True)


def test_the_chat_page_names_the_documents(client: FlaskClient) -> None:
    page = client.get("/", headers=BROWSER).get_data(as_text=True)
    assert "2 documents" in page
    assert f'<a href="/documents/{COUNCIL_ID}">The council</a>' in page


def test_no_page_asks_another_host_for_anything(client: FlaskClient) -> None:
    for address in ("/", f"/documents/{COUNCIL_ID}"):
        page = client.get(address, headers=BROWSER).get_data(as_text=True)
        assert "//" not in page.replace("<!doctype html>", "")
