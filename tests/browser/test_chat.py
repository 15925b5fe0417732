from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.web.making import COUNCIL, COUNCIL_ID, SCRIPT

pytestmark = pytest.mark.browser


def ask(page: Page, question: str) -> None:
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")


def test_the_highlighted_words_are_the_sources_own_characters(page: Page) -> None:
    page.goto("/")
    ask(page, "Where did the council meet?")
    answer = page.locator(".answer")
    expect(answer.locator("blockquote")).to_have_text("The council met in Rome in May 2002.")
    expect(answer.locator("blockquote mark")).to_have_text("Rome")
    expect(answer).to_contain_text("Very likely right (93%)")

    citation = answer.get_by_role("link", name="1 The council").first
    href = citation.get_attribute("href") or ""
    start, end = map(int, href.partition("ranges=")[2].partition("#")[0].split("-"))
    assert href.startswith(f"/documents/{COUNCIL_ID}?")
    assert COUNCIL[start:end] == "Rome"


def test_of_equal_words_in_a_sentence_those_quoted_are_highlighted(page: Page) -> None:
    page.goto("/")
    ask(page, "Which town was chosen?")
    mark = page.locator(".answer blockquote mark")
    expect(mark).to_have_text("Rome")
    before = mark.evaluate("mark => mark.previousSibling.textContent")
    assert before == "Rome was chosen because only "


def test_a_citation_opens_its_source_at_the_quote(page: Page) -> None:
    page.goto("/")
    ask(page, "Where did the council meet?")
    page.locator(".citation a").click()
    mark = page.locator("mark#first")
    expect(mark).to_have_text("Rome")
    expect(mark).to_be_in_viewport(ratio=1)
    assert page.evaluate("scrollY") > 0
    shown = page.locator(".text").evaluate("element => element.textContent")
    assert shown == COUNCIL


def test_the_conversation_is_there_on_coming_back_from_a_source(page: Page) -> None:
    page.goto("/")
    ask(page, "Where did the council meet?")
    page.locator(".citation a").click()
    page.get_by_role("link", name="Back to the questions").click()
    expect(page.locator(".answer blockquote mark")).to_have_text("Rome")
    page.get_by_role("button", name="New chat").click()
    expect(page.locator(".answer")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", name="Ask your documents")).to_be_visible()


def test_several_questions_stand_below_each_other(page: Page) -> None:
    page.goto("/")
    ask(page, "Where did the council meet?")
    expect(page.locator(".answer")).to_have_count(1)
    ask(page, "Who won the cup?")
    expect(page.locator(".asked")).to_have_text(["Where did the council meet?", "Who won the cup?"])
    declined = page.locator(".answer").nth(1)
    expect(declined).to_contain_text("The documents do not speak of this.")
    expect(declined.locator("mark")).to_have_count(0)


def test_an_abstention_shows_the_nearest_passages_open(page: Page) -> None:
    page.goto("/")
    ask(page, "Which rules are in use?")
    declined = page.locator(".answer.declined")
    expect(declined).to_contain_text("What stands nearest to the question is below.")
    expect(declined.locator("summary")).to_have_text([re.compile("^Nearest passages")])
    expect(declined.locator("details li").first).to_be_visible()
    ask(page, "Where did the council meet?")
    folded = page.locator(".answer").nth(1).locator("details li")
    expect(folded).not_to_have_count(0)
    expect(folded.first).to_be_hidden()


def test_markup_and_scripts_in_documents_are_shown_as_text(page: Page) -> None:
    page.goto("/")
    ask(page, "What is the key?")
    expect(page.locator(".answer blockquote")).to_have_text(SCRIPT.strip())
    page.locator(".citation a").click()
    expect(page.locator("mark#first")).to_have_text(SCRIPT[11:-2])
    assert page.title() == "script"
    expect(page.locator("img")).to_have_count(0)


def test_shift_enter_starts_a_new_line(page: Page) -> None:
    page.goto("/")
    box = page.get_by_label("Your question")
    box.press_sequentially("Where did")
    page.keyboard.press("Shift+Enter")
    box.press_sequentially("the council meet?")
    assert box.input_value() == "Where did\nthe council meet?"
    expect(page.locator(".turn")).to_have_count(0)


def test_an_unreachable_server_is_told_and_the_question_can_be_asked_again(page: Page) -> None:
    page.goto("/")
    page.route("**/ask", lambda route: route.abort())
    ask(page, "Where did the council meet?")
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    page.unroute("**/ask")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".answer blockquote mark")).to_have_text("Rome")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_what_the_server_refuses_is_shown_in_its_words(page: Page) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=429, json={"error": {"code": "too_many_requests", "message": "Wait."}})

    page.goto("/")
    page.route("**/ask", refuse)
    ask(page, "Where did the council meet?")
    expect(page.get_by_role("alert")).to_contain_text("Wait.")


def test_the_page_fits_a_narrow_phone(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/")
    ask(page, "What is the key?")
    expect(page.locator(".answer")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.locator(".citation a").click()
    expect(page.locator("mark#first")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_a_citation_of_a_pdf_opens_its_page_with_the_words_boxed(page: Page) -> None:
    page.set_viewport_size({"width": 700, "height": 400})
    page.goto("/")
    ask(page, "When was the treaty signed?")
    page.get_by_role("link", name="page 2").first.click()
    box = page.locator("#first")
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


def test_a_pdf_can_be_read_as_text_with_the_quote_marked(page: Page) -> None:
    page.goto("/")
    ask(page, "When was the treaty signed?")
    page.get_by_role("link", name="page 2").first.click()
    page.get_by_role("link", name="As text").click()
    expect(page.locator("mark#first")).to_have_text("on 27 May 1997")
    page.get_by_role("link", name="As pages").click()
    expect(page.locator("#first")).to_be_in_viewport()
