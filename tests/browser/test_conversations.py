from __future__ import annotations

import re
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import ask

pytestmark = pytest.mark.browser


@pytest.fixture
def unheard() -> str:
    """A question that no other test asks: its conversation can be told from theirs."""
    return f"Where did the council {uuid4().hex} meet?"


def test_a_conversation_has_an_address_and_is_there_again(page: Page, unheard: str) -> None:
    page.goto("/")
    ask(page, unheard)
    expect(page.locator(".answer blockquote mark")).to_have_text("Rome")
    assert re.search("/conversations/[0-9a-f]{32}$", page.url)
    ask(page, "Who won the cup?")
    expect(page.locator(".declined")).to_be_visible()
    page.reload()
    expect(page.locator(".asked")).to_have_text([unheard, "Who won the cup?"])
    expect(page.locator(".answer blockquote mark")).to_have_text("Rome")
    assert page.title() == unheard


def test_a_new_chat_is_empty_and_going_back_leads_to_the_old_one(page: Page) -> None:
    page.goto("/")
    ask(page, "Where did the council meet?")
    expect(page.locator(".answer blockquote")).to_be_visible()
    page.get_by_role("link", name="New chat").click()
    expect(page.get_by_role("heading", name="Ask your documents")).to_be_visible()
    page.go_back()
    expect(page.locator(".answer blockquote mark")).to_have_text("Rome")


def test_a_conversation_is_searched_and_renamed(page: Page, unheard: str) -> None:
    page.goto("/")
    ask(page, unheard)
    page.get_by_role("button", name="Conversations").click()
    page.get_by_label("Search the conversations").fill(unheard.split()[4])
    items = page.locator("#conversation-list li")
    expect(items).to_have_count(1)
    expect(items.get_by_role("link", name=unheard)).to_have_attribute("aria-current", "page")
    items.get_by_role("button", name="Rename").click()
    page.get_by_label("Title").fill(f"Towns, {unheard}")
    page.keyboard.press("Enter")
    expect(items.get_by_role("link", name="Towns")).to_be_visible()
    page.get_by_label("Search the conversations").fill("no such words")
    expect(page.get_by_text("No conversation holds that.")).to_be_visible()


def test_a_deleted_conversation_is_gone_after_it_was_confirmed(page: Page, unheard: str) -> None:
    page.goto("/")
    ask(page, unheard)
    page.get_by_role("button", name="Conversations").click()
    item = page.get_by_role("group", name=unheard)
    item.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(unheard)
    dialog.get_by_role("button", name="Keep it").click()
    item.get_by_role("button", name="Delete").click()
    address = page.url
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Ask your documents")).to_be_visible()
    page.goto(address)
    expect(page.get_by_text("there is no such conversation")).to_be_visible()


def test_a_conversation_is_downloaded_as_markdown(page: Page, unheard: str, tmp_path: Path) -> None:
    page.goto("/")
    ask(page, unheard)
    page.get_by_role("button", name="Conversations").click()
    with page.expect_download() as download:
        page.get_by_role("group", name=unheard).get_by_role("link", name="Export").click()
    download.value.save_as(tmp_path / "it.md")
    assert "> The council met in Rome in May 2002." in (tmp_path / "it.md").read_text("utf-8")


def test_a_title_being_written_outlives_an_answer_and_can_be_given_up(
    page: Page, unheard: str
) -> None:
    page.goto("/")
    ask(page, unheard)
    page.get_by_role("button", name="Conversations").click()
    item = page.get_by_role("group", name=unheard)
    item.get_by_role("button", name="Rename").click()
    box = page.get_by_label("Title")
    box.fill("Towns")
    ask(page, "Who won the cup?")
    expect(page.locator(".declined")).to_be_visible()
    expect(box).to_have_value("Towns")
    page.locator("#conversation-list").get_by_role("button", name="Cancel").click()
    expect(item.get_by_role("button", name="Rename")).to_be_focused()
    expect(page.get_by_role("link", name=unheard)).to_be_visible()


def test_the_tab_is_called_as_the_conversation(page: Page, unheard: str) -> None:
    page.goto("/")
    ask(page, unheard)
    expect(page).to_have_title(unheard)
    page.get_by_role("button", name="Conversations").click()
    page.get_by_role("group", name=unheard).get_by_role("button", name="Rename").click()
    page.get_by_label("Title").fill(f"Towns, {unheard}")
    page.keyboard.press("Enter")
    expect(page).to_have_title(f"Towns, {unheard}")
    renamed = page.get_by_role("group", name=f"Towns, {unheard}")
    expect(renamed.get_by_role("button", name="Rename")).to_be_focused()


def test_the_focus_stays_where_it_was_in_the_list(page: Page, unheard: str) -> None:
    page.goto("/")
    ask(page, unheard)
    page.get_by_role("button", name="Conversations").click()
    forget = page.get_by_role("group", name=unheard).get_by_role("button", name="Delete")
    forget.focus()
    before = forget.element_handle()
    page.evaluate("document.querySelector('#conversations').dispatchEvent(new Event('opened'))")
    page.wait_for_function("before => !before.isConnected", arg=before)
    expect(forget).to_be_focused()


def test_a_conversation_that_cannot_be_deleted_stays_open(page: Page, unheard: str) -> None:
    page.goto("/")
    ask(page, unheard)
    expect(page.locator(".answer blockquote")).to_be_visible()
    address = page.url
    page.get_by_role("button", name="Conversations").click()
    page.route(address, lambda route: route.abort())
    page.get_by_role("group", name=unheard).get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#conversation-list").get_by_role("alert")).to_contain_text("be reached")
    expect(page.locator(".answer blockquote")).to_be_visible()
    assert page.url == address


def test_how_many_conversations_were_found_is_counted(page: Page, unheard: str) -> None:
    page.goto("/")
    ask(page, unheard)
    expect(page.locator(".answer blockquote")).to_be_visible()
    page.get_by_role("button", name="Conversations").click()
    page.get_by_label("Search the conversations").fill(unheard.split()[4])
    expect(page.locator("#status")).to_have_text("1 conversation found")


def test_a_documents_own_page_leads_back_to_the_conversation(page: Page, unheard: str) -> None:
    page.goto("/")
    ask(page, unheard)
    page.locator(".citation a").click()
    address = page.url
    page.get_by_role("link", name="Open as a page").click()
    page.get_by_role("link", name="Back to the questions").click()
    expect(page).to_have_url(address)
    expect(page.locator(".asked")).to_have_text([unheard])
