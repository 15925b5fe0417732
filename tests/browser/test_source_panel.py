from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import ask
from tests.web.making import SCRIPT

pytestmark = pytest.mark.browser


def test_a_citation_opens_its_source_beside_the_chat_at_the_quote(page: Page) -> None:
    page.goto("/")
    ask(page, "Where did the council meet?")
    page.locator(".citation a").click()
    mark = page.locator("#source mark#first")
    expect(mark).to_have_text("Rome")
    expect(mark).to_be_in_viewport(ratio=1)
    assert page.locator("#source-view").evaluate("view => view.scrollTop") > 0
    expect(page.locator(".answer blockquote")).to_be_in_viewport()
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#source")).to_be_hidden()
    expect(page.locator(".citation a")).to_be_focused()


def test_every_citation_of_an_answer_has_its_mark_inside_the_viewport(page: Page) -> None:
    page.goto("/")
    ask(page, "Where did the council meet?")
    expect(page.locator(".answer blockquote")).to_be_visible()
    page.locator(".answer summary").click()
    links = page.locator(".answer a.source")
    expect(links).to_have_count(6)
    for at in range(6):
        links.nth(at).click()
        expect(page.locator("#source-place")).to_have_text(f"Source {at + 1} of 6")
        expect(page.locator("#source #first")).to_be_in_viewport()


def test_a_source_opens_as_a_page_of_its_own_too(page: Page) -> None:
    page.goto("/")
    ask(page, "Where did the council meet?")
    page.locator(".citation a").click()
    page.get_by_role("link", name="Open as a page").click()
    expect(page.locator("mark#first")).to_be_in_viewport(ratio=1)
    page.go_back()
    expect(page.locator(".answer blockquote mark")).to_have_text("Rome")


def test_keys_step_through_the_citations_and_close_the_source(page: Page) -> None:
    page.goto("/")
    ask(page, "Where did the council meet?")
    page.locator(".citation a").click()
    place = page.locator("#source-place")
    expect(place).to_have_text("Source 1 of 6")
    expect(page.locator("mark#first")).to_have_text("Rome")
    page.keyboard.press("n")
    expect(place).to_have_text("Source 2 of 6")
    expect(page.locator("mark#first")).not_to_have_text("Rome")
    page.keyboard.press("p")
    page.keyboard.press("p")
    expect(place).to_have_text("Source 6 of 6")
    page.keyboard.press("Escape")
    expect(page.locator("#source")).to_be_hidden()
    expect(page.locator(".answer a.source").nth(5)).to_be_focused()


def test_a_pdf_opens_at_its_page_with_the_words_boxed_and_as_text(page: Page) -> None:
    page.goto("/")
    ask(page, "When was the treaty signed?")
    page.get_by_role("link", name="page 2").first.click()
    box = page.locator("#source #first")
    expect(box).to_be_in_viewport(ratio=1)
    sheet = page.locator("#page-2 img")
    assert sheet.evaluate("image => image.decode().then(() => image.naturalWidth)") == 600
    image, words = sheet.bounding_box(), box.bounding_box()
    assert image
    assert words
    # 20 of 300 points from the left, and on the second line: its baseline is 44 of 200 points down.
    assert words["x"] - image["x"] == pytest.approx(image["width"] * 20 / 300, abs=6)
    baseline = image["y"] + image["height"] * 44 / 200
    assert words["y"] < baseline < words["y"] + words["height"] + 2

    page.get_by_role("link", name="As text").click()
    expect(page.locator("#source mark#first")).to_have_text("on 27 May 1997")
    page.get_by_role("link", name="As pages").click()
    expect(page.locator("#source g#first")).to_be_in_viewport()


def test_markup_and_scripts_in_documents_are_shown_as_text(page: Page) -> None:
    page.goto("/")
    ask(page, "What is the key?")
    expect(page.locator(".answer blockquote")).to_have_text(SCRIPT.strip())
    page.locator(".citation a").click()
    expect(page.locator("#source mark#first")).to_have_text(SCRIPT[11:-2])
    page.get_by_role("link", name="Open as a page").click()
    expect(page.locator("mark#first")).to_have_text(SCRIPT[11:-2])
    assert page.title() == "script"
    expect(page.locator("img")).to_have_count(0)


def test_a_document_that_is_gone_is_told_in_the_panel(page: Page) -> None:
    page.goto("/")
    ask(page, "Where did the council meet?")
    page.route("**/documents/*ranges=*", lambda route: route.fulfill(status=404, json={
        "error": {"code": "unknown_document", "message": "It has been removed."}
    }))  # fmt: skip
    page.locator(".citation a").click()
    expect(page.locator("#source").get_by_role("alert")).to_have_text("It has been removed.")
