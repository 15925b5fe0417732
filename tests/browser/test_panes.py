"""Which of the panes beside the chat are open, on screens of several widths."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import ask, expect_accessible

pytestmark = pytest.mark.browser
NARROW, MIDDLE, WIDE = 700, 1100, 1600  # pixels


def answer(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/")
    ask(page, "Where did the council meet?")
    expect(page.locator(".feedback")).to_be_visible()


def opener(page: Page, name: str = "Documents") -> Locator:
    return page.get_by_role("navigation", name="Panels").get_by_role("button", name=name)


def open_title(page: Page) -> Locator:
    """Open a document from the list of documents, and return its link there."""
    opener(page).click()
    link = page.locator("#document-list").get_by_role("link", name="The council")
    link.click()
    expect(page.locator("#source-view [data-document]")).to_be_visible()
    return link


def test_on_a_wide_screen_all_panes_stand_side_by_side(page: Page) -> None:
    answer(page, WIDE)
    open_title(page)
    for pane in ("#documents", "#source", "main.chat"):
        expect(page.locator(pane)).to_be_visible()
    chat = page.locator("main.chat").bounding_box()
    assert chat
    assert chat["width"] > 400


def test_without_room_for_all_the_source_and_a_side_panel_take_turns(page: Page) -> None:
    answer(page, MIDDLE)
    opener(page).click()
    page.locator(".citation a").click()
    expect(page.locator("#source")).to_be_visible()
    expect(page.locator("#documents")).to_be_hidden()
    expect(opener(page)).to_have_attribute("aria-expanded", "false")
    opener(page, "Conversations").click()
    expect(page.locator("#conversations")).to_be_visible()
    expect(page.locator("#source")).to_be_hidden()
    expect(page.locator("a[aria-current=true]")).to_have_count(0)


def test_on_a_narrow_screen_the_source_lies_over_the_panel_that_it_was_opened_from(
    page: Page,
) -> None:
    answer(page, NARROW)
    link = open_title(page)
    on_top = "document.elementFromPoint(350, 400).closest('aside').id"
    assert page.evaluate(on_top) == "source"
    assert page.locator("#documents").evaluate("panel => panel.inert")
    assert page.locator("main.chat").evaluate("chat => chat.inert")
    page.get_by_role("button", name="Close").click()
    assert page.evaluate(on_top) == "documents"
    expect(link).to_be_focused()
    page.keyboard.press("Escape")
    assert not page.locator("main.chat").evaluate("chat => chat.inert")


def test_on_a_narrow_screen_a_panel_opened_over_the_source_can_be_reached(page: Page) -> None:
    answer(page, NARROW)
    page.locator(".citation a").click()
    opener(page).click()
    expect(page.locator("#documents").get_by_role("link", name="The council")).to_be_visible()
    assert not page.locator("#documents").evaluate("panel => panel.inert")
    expect(page.locator("#source")).to_be_hidden()


def test_making_the_window_narrower_closes_the_side_panel(page: Page) -> None:
    answer(page, WIDE)
    open_title(page)
    page.set_viewport_size({"width": MIDDLE, "height": 800})
    expect(page.locator("#documents")).to_be_hidden()
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_label("Your question")).to_be_focused()


def test_a_document_from_the_list_has_no_other_sources_to_step_to(page: Page) -> None:
    answer(page, WIDE)
    open_title(page)
    expect(page.get_by_role("button", name="Next")).to_be_hidden()
    page.keyboard.press("n")
    expect(page.locator("#source-view [data-document]")).to_be_visible()
    expect_accessible(page)


def test_next_keeps_the_focus_and_says_where_it_leads(page: Page) -> None:
    answer(page, WIDE)
    page.locator(".citation a").click()
    expect(page.locator("#source mark#first")).to_have_text("Rome")
    following = page.get_by_role("button", name="Next")
    following.press("Enter")
    expect(page.locator("#source-place")).to_have_text("Source 2 of 6")
    expect(page.locator("#source mark#first")).not_to_have_text("Rome")
    expect(following).to_be_focused()
    expect(page.locator("#status")).to_have_text("Source 2 of 6: The council")


def test_where_there_is_little_height_header_and_question_box_scroll_away(page: Page) -> None:
    answer(page, NARROW)
    page.set_viewport_size({"width": NARROW, "height": 300})
    assert page.locator("#ask").evaluate("form => getComputedStyle(form).position") == "static"
    page.locator(".citation").scroll_into_view_if_needed()
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    expect(page.locator("body > header")).not_to_be_in_viewport()
    page.locator(".citation a").click()
    expect(page.locator("#source mark#first")).to_be_in_viewport()
