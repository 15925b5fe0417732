from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from assistant.answering import Assistant
from assistant.conversation.conversations import Conversations
from assistant.suggester import Suggester
from index.ingest import index
from index.store import Store
from tests.assistant.known_answers import KnownAnswers
from tests.web.running import running
from web import create_app

pytestmark = pytest.mark.browser

PIER = "When was the Harwick pier opened?"
TEXT = "<b>The pier</b>\n\nThe Harwick pier was opened on 12 June 1861.\n"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve an assistant that suggests a question, and give its address without the last slash."""
    folder = tmp_path_factory.mktemp("suggesting")
    (folder / "harbour").mkdir()
    (folder / "harbour" / "pier.txt").write_text(TEXT)
    with (
        Store.open(folder / "index", embedder_name=None, create=True) as store,
        closing(Conversations(folder / "index")) as conversations,
    ):
        list(index(store, [folder / "harbour"], embedder=None))
        assistant = Assistant(store, None, KnownAnswers({PIER: ("12 June 1861", 2.0)}))
        with (
            closing(Suggester(assistant)) as suggester,
            running(create_app(assistant, conversations, suggester=suggester)) as server,
        ):
            yield server.url.rstrip("/")


def test_an_empty_chat_suggests_a_question_with_its_document(page: Page) -> None:
    page.goto("/")
    suggested = page.get_by_role("list", name="For example").get_by_role("button")
    expect(suggested).to_have_count(1)
    expect(suggested.locator("span").first).to_have_text(PIER)
    expect(suggested.locator("span").last).to_have_text("<b>The pier</b>")


def test_a_suggestion_is_asked_by_key(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name=PIER).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=PIER)).to_be_visible()
    expect(page.locator(".answer mark").first).to_have_text("12 June 1861")
    expect(page.get_by_role("button", name=PIER)).to_be_hidden()
    expect(page.get_by_label("Your question")).to_be_focused()


def test_the_page_asks_again_while_suggestions_are_still_being_found(page: Page) -> None:
    replies = iter(
        [
            {"questions": [], "generation": 0, "pending": True},
            {"questions": [{"question": PIER, "document_id": "d", "title": "pier"}],
             "generation": 1, "pending": False},
        ]
    )  # fmt: skip
    page.route("**/questions", lambda route: route.fulfill(json=next(replies)))
    page.goto("/")
    expect(page.get_by_role("button", name=PIER)).to_be_visible()


def test_without_suggestions_the_page_stays_as_it_is(page: Page) -> None:
    page.route("**/questions", lambda route: route.fulfill(status=500, json={}))
    with page.expect_response("**/questions"):
        page.goto("/")
    expect(page.get_by_role("heading", name="Ask your documents")).to_be_visible()
    expect(page.locator("#suggestions")).to_be_empty()
