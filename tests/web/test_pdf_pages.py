from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image

from assistant.conversation.conversations import Conversations
from index.store import Store
from tests.waiting import wait_until
from tests.web.making import PAPER, PAPER_ID, fill, make_pdf, write_documents
from web import create_app
from web.current import served
from web.limits import WAITING_FOR_PAGES

BROWSER = {"Accept": "text/html"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "documents"


@pytest.fixture
def client(folder: Path, conversations: Conversations) -> Iterator[FlaskClient]:
    """Serve documents that the test may change."""
    write_documents(folder)
    with Store.open(folder.parent / "index", embedder_name=None, create=True) as store:
        yield create_app(fill(store, folder), conversations).test_client()


def quote_address(client: FlaskClient) -> str:
    reply = client.post("/ask", json={"question": "When was the treaty signed?"}).get_json()
    assert (reply["answer"], reply["citations"][0]["page"]) == ("on 27 May 1997", 2)
    return str(reply["citations"][0]["url"])


def test_a_page_is_an_image_at_two_pixels_a_point(client: FlaskClient) -> None:
    response = client.get(f"/documents/{PAPER_ID}/pages/2.png")
    assert response.mimetype == "image/png"
    assert Image.open(BytesIO(response.get_data())).size == (600, 400)


def test_an_unchanged_page_is_not_sent_again(client: FlaskClient) -> None:
    address = f"/documents/{PAPER_ID}/pages/1.png"
    tag = client.get(address).headers["ETag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.get_data()) == (304, b"")


@pytest.mark.parametrize("number", [0, 3, 10**20])
def test_a_page_that_is_not_there_is_not_found(client: FlaskClient, number: int) -> None:
    response = client.get(f"/documents/{PAPER_ID}/pages/{number}.png")
    assert response.status_code == 404
    assert response.get_json()["error"]["code"] == "not_found"


def test_the_quote_is_boxed_on_its_own_page_alone(client: FlaskClient) -> None:
    page = client.get(quote_address(client), headers=BROWSER).get_data(as_text=True)
    first, second = page.split('id="page-2"')
    assert "<rect" not in first
    assert "on page 2" in first
    ((x, y, width, height),) = re.findall(
        r'<g class="mark" id="first">\s*<rect x="(.+?)" y="(.+?)" width="(.+?)" height="(.+?)"/>',
        second,
    )
    # The second line: 20 points from the left, its baseline 170 - 14 points above the lower edge.
    assert float(x) == pytest.approx(20, abs=2)
    assert float(y) < 200 - 156 < float(y) + float(height) + 1
    assert 60 < float(width) < 110


def test_images_are_loaded_only_when_they_come_into_view(client: FlaskClient) -> None:
    page = client.get(quote_address(client), headers=BROWSER).get_data(as_text=True)
    images = re.findall("<img.*?>", page, re.DOTALL)
    assert len(images) == 2
    assert all('loading="lazy"' in image and 'height="200"' in image for image in images)


def test_a_page_that_cannot_be_drawn_is_named_by_its_file(
    tmp_path: Path, conversations: Conversations
) -> None:
    write_documents(folder := tmp_path / "documents")
    broken = make_pdf(PAPER).replace(b"/Type /Page /", b"/Type /Gape /", 1)  # the first page
    (folder / "treaty.pdf").write_bytes(broken)
    with Store.open(tmp_path / "index", embedder_name=None, create=True) as store:
        client = create_app(fill(store, folder), conversations).test_client()
        response = client.get(f"/documents/{PAPER_ID}/pages/1.png")
        assert response.status_code == 404
        assert response.get_json()["error"]["message"].startswith("treaty.pdf: the page cannot be")
        page = client.get(quote_address(client), headers=BROWSER).get_data(as_text=True)
        assert 'width="595" height="842" alt="Page 1"' in page


def test_a_page_of_a_vast_size_is_drawn_smaller(
    tmp_path: Path, conversations: Conversations
) -> None:
    write_documents(folder := tmp_path / "documents")
    vast = make_pdf(PAPER).replace(b"[0 0 300 200]", b"[0 0 9600 20]")
    (folder / "treaty.pdf").write_bytes(vast)
    with Store.open(tmp_path / "index", embedder_name=None, create=True) as store:
        client = create_app(fill(store, folder), conversations).test_client()
        response = client.get(f"/documents/{PAPER_ID}/pages/1.png")
        assert Image.open(BytesIO(response.get_data())).size == (2400, 5)


def test_the_text_of_the_pages_can_be_read_instead(client: FlaskClient) -> None:
    address = quote_address(client).replace("?", "?view=text&")
    page = client.get(address, headers=BROWSER).get_data(as_text=True)
    assert re.findall('<mark id="first".*?>(.*?)</mark>', page) == ["on 27 May 1997"]
    assert "<img" not in page


def test_pages_of_a_changed_file_are_not_shown(client: FlaskClient, folder: Path) -> None:
    address = quote_address(client)
    (folder / "treaty.pdf").write_bytes(make_pdf([*PAPER, ["More"]]))
    response = client.get(f"/documents/{PAPER_ID}/pages/1.png")
    assert response.status_code == 409
    assert response.get_json()["error"]["code"] == "source_changed"
    page = client.get(address, headers=BROWSER).get_data(as_text=True)
    assert "has changed since it was indexed" in page
    assert re.findall('<mark id="first".*?>(.*?)</mark>', page) == ["on 27 May 1997"]


def test_pages_of_a_missing_file_are_not_shown(client: FlaskClient, folder: Path) -> None:
    (folder / "treaty.pdf").unlink()
    response = client.get(f"/documents/{PAPER_ID}/pages/1.png")
    assert response.status_code == 409
    assert "can no longer be read" in response.get_json()["error"]["message"]


def test_more_pages_than_may_wait_are_drawn_later(client: FlaskClient) -> None:
    drawings = served(client.application).drawings
    with ExitStack() as holding, ThreadPoolExecutor(WAITING_FOR_PAGES) as threads:
        holding.enter_context(drawings.turn())
        address = f"/documents/{PAPER_ID}/pages/1.png"
        ask = client.application.test_client
        waiting = [threads.submit(ask().get, address) for _ in range(WAITING_FOR_PAGES)]
        wait_until(lambda: drawings.waiting == WAITING_FOR_PAGES)
        response = client.get(address)
        assert (response.status_code, response.headers["Retry-After"]) == (503, "2")
        holding.close()
        assert {each.result().status_code for each in waiting} == {200}
