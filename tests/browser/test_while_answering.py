"""What is done on the page while an answer comes in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from flask import Flask, Response
from playwright.sync_api import Locator, Page, expect

from assistant.answering import Assistant
from assistant.conversation.conversations import Conversations
from index.ingest import index
from index.store import Store
from tests.browser.steps import ask
from tests.web.making import write_documents
from tests.web.running import PATIENCE, WaitingReader, running
from web import create_app

pytestmark = pytest.mark.browser


@pytest.fixture
def reader() -> WaitingReader:
    return WaitingReader()


@pytest.fixture
def app(tmp_path: Path, reader: WaitingReader) -> Iterator[Flask]:
    """An assistant that reads when it is told to."""
    write_documents(tmp_path / "documents")
    with (
        Store.open(tmp_path / "index", embedder_name=None, create=True) as store,
        closing(Conversations(store.folder)) as conversations,
    ):
        list(index(store, [tmp_path / "documents"], embedder=None))
        yield create_app(Assistant(store, None, reader), conversations)


@pytest.fixture
def address(app: Flask, reader: WaitingReader) -> Iterator[str]:
    with running(app) as server:
        yield server.url.rstrip("/")
        reader.goes_on.set()


def begin(page: Page, question: str) -> Locator:
    """Ask, and return the card once the passages are there, which are not read yet."""
    before = page.locator(".turn").count()
    ask(page, question)
    card = page.locator(".turn").nth(before).locator(".answer")
    expect(card.get_by_text("Passages found")).to_be_visible()
    return card


def finish(card: Locator, reader: WaitingReader) -> None:
    reader.goes_on.set()
    expect(card.locator(".feedback")).to_be_visible()


def begin_follow_up(page: Page, reader: WaitingReader) -> Locator:
    page.goto("/")
    finish(begin(page, "Where did the council meet?"), reader)
    reader.goes_on.clear()
    return begin(page, "When?")


def test_what_is_written_instead_of_what_was_understood_outlives_the_answer(
    page: Page, reader: WaitingReader
) -> None:
    card = begin_follow_up(page, reader)
    card.get_by_role("button", name="Edit").click()
    box = card.get_by_label("The question as meant")
    box.fill("Which town was chosen?")
    finish(card, reader)
    expect(box).to_have_value("Which town was chosen?")
    expect(box).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".asked").nth(2)).to_have_text("Which town was chosen?")
    expect(page.get_by_label("Your question")).to_be_focused()
    expect(card.get_by_role("button", name="Edit")).to_be_visible()


def test_what_is_written_while_another_question_is_answered_is_asked_next(
    page: Page, reader: WaitingReader
) -> None:
    card = begin_follow_up(page, reader)
    card.get_by_role("button", name="Edit").click()
    box = card.get_by_label("The question as meant")
    box.fill("Which town was chosen?")
    box.press("Enter")
    expect(box).to_have_value("Which town was chosen?")
    expect(page.locator(".turn")).to_have_count(2)
    finish(card, reader)
    expect(page.locator(".asked").nth(2)).to_have_text("Which town was chosen?")
    expect(page.locator(".feedback")).to_have_count(3)
    expect(page.locator(".turn")).to_have_count(3)


def test_a_question_can_be_asked_as_written_before_it_is_answered(
    page: Page, reader: WaitingReader
) -> None:
    card = begin_follow_up(page, reader)
    card.get_by_role("button", name="Ask as written").click()
    expect(page.locator(".turn")).to_have_count(2)
    finish(card, reader)
    expect(page.locator(".asked").nth(2)).to_have_text("When?")
    expect(page.locator(".understood")).to_have_count(1)


@pytest.mark.parametrize("way", ["Escape", "Cancel"])
def test_editing_what_was_understood_can_be_given_up(
    page: Page, reader: WaitingReader, way: str
) -> None:
    card = begin_follow_up(page, reader)
    finish(card, reader)
    edit = card.get_by_role("button", name="Edit")
    edit.click()
    if way == "Escape":
        page.keyboard.press("Escape")
    else:
        card.get_by_role("button", name="Cancel").click()
    expect(edit).to_be_focused()
    expect(card.locator(".understood")).to_contain_text("When did the council meet?")


def test_a_source_opened_before_the_answer_is_stepped_from_and_closed_after_it(
    page: Page, reader: WaitingReader
) -> None:
    page.goto("/")
    card = begin(page, "Where did the council meet?")
    link = card.locator("a.source").nth(1)
    href = link.get_attribute("href")
    link.click()
    expect(page.locator("#source-place")).to_have_text("Source 2 of 5")
    finish(card, reader)
    expect(page.locator("#source-place")).to_have_text("Source 3 of 6")
    page.keyboard.press("n")
    expect(page.locator("#source-place")).to_have_text("Source 4 of 6")
    page.keyboard.press("p")
    expect(page.locator("#source-place")).to_have_text("Source 3 of 6")
    page.keyboard.press("Escape")
    expect(page.locator(f'.answer a.source[href="{href}"]')).to_be_focused()


def test_words_of_a_source_opened_before_the_answer_can_be_called_the_answer(
    page: Page, reader: WaitingReader
) -> None:
    page.goto("/")
    card = begin(page, "Where did the council meet?")
    card.locator("a.source").first.click()
    expect(page.locator("#source-view mark").first).to_be_attached()
    finish(card, reader)
    page.evaluate("getSelection().selectAllChildren(document.querySelector('#source-view mark'))")
    expect(page.get_by_role("button", name="The answer is here")).to_be_visible()


def test_the_focus_stays_at_the_passage_that_has_it(page: Page, reader: WaitingReader) -> None:
    page.goto("/")
    card = begin(page, "Where did the council meet?")
    link = card.locator("a.source").nth(1)
    href = link.get_attribute("href")
    link.focus()
    finish(card, reader)
    expect(card.locator(f'a.source[href="{href}"]')).to_be_focused()


def test_a_question_can_be_stopped_and_asked_again(page: Page, reader: WaitingReader) -> None:
    page.goto("/")
    begin(page, "Where did the council meet?")
    page.get_by_role("button", name="Stop").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("You stopped this question.")
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    expect(page.get_by_label("Your question")).to_be_focused()
    reader.goes_on.set()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".answer blockquote mark")).to_have_text("Rome")
    expect(page.locator(".changed")).to_have_count(0)


def test_what_is_written_instead_outlives_a_question_that_is_stopped(
    page: Page, reader: WaitingReader
) -> None:
    card = begin_follow_up(page, reader)
    card.get_by_role("button", name="Edit").click()
    box = card.get_by_label("The question as meant")
    box.fill("Which town was chosen?")
    page.get_by_role("button", name="Stop").click()
    expect(card.get_by_role("alert")).to_contain_text("You stopped this question.")
    expect(box).to_have_value("Which town was chosen?")
    reader.goes_on.set()
    box.press("Enter")
    expect(page.locator(".turn").nth(2).locator("blockquote mark")).to_have_text("Rome")


def test_a_question_is_not_tried_again_while_another_is_answered(
    page: Page, reader: WaitingReader
) -> None:
    page.goto("/")
    page.route("**/ask", lambda route: route.abort())
    ask(page, "Where did the council meet?")
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    page.unroute("**/ask")
    card = begin(page, "What is the key?")
    again.click()
    finish(card, reader)
    expect(again).to_be_visible()
    expect(page.locator(".feedback")).to_have_count(1)
    again.click()
    expect(page.locator(".feedback")).to_have_count(2)


def test_the_next_question_is_asked_before_the_connection_of_the_last_is_closed(
    page: Page, app: Flask, reader: WaitingReader
) -> None:
    closes = Event()

    def close_late(response: Response) -> Response:
        if response.is_streamed:
            response.call_on_close(lambda: closes.wait(PATIENCE))
        return response

    app.after_request(close_late)
    page.goto("/")
    try:
        finish(begin(page, "Where did the council meet?"), reader)
        reader.goes_on.clear()
        finish(begin(page, "What is the key?"), reader)
    finally:
        closes.set()


def test_a_conversation_has_its_address_once_it_is_kept(page: Page, reader: WaitingReader) -> None:
    page.goto("/")
    start = page.url
    card = begin(page, "Where did the council meet?")
    assert page.url == start
    finish(card, reader)
    expect(page).to_have_url(re.compile("/conversations/[0-9a-f]{32}$"))
    expect(page).to_have_title("Where did the council meet?")


def test_the_button_that_asked_keeps_the_focus(page: Page, reader: WaitingReader) -> None:
    page.goto("/")
    button = page.get_by_role("button", name="Ask", exact=True)
    page.get_by_label("Your question").fill("Where did the council meet?")
    button.press("Enter")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_be_focused()
    finish(page.locator(".answer"), reader)
    expect(button).to_have_attribute("aria-disabled", "false")
    expect(button).to_be_focused()
