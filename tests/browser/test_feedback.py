from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import ask as begin
from tests.web.making import COUNCIL_ID

pytestmark = pytest.mark.browser

# Where the words stand in what the source panel shows, once they have been scrolled to.
FIND = """words => {
  const walker = document.createTreeWalker(document.querySelector("#source-view"), 4);
  while (walker.nextNode()) {
    const start = walker.currentNode.data.indexOf(words);
    if (start < 0) continue;
    const range = new Range();
    range.setStart(walker.currentNode, start);
    range.setEnd(walker.currentNode, start + words.length);
    walker.currentNode.parentElement.scrollIntoView({ block: "center" });
    const { left, right, top, height } = range.getBoundingClientRect();
    return { left, right, middle: top + height / 2 };
  }
}"""


def ask(page: Page, question: str) -> Locator:
    """Ask, and return the card of the answer when it is there."""
    before = page.locator(".turn").count()
    begin(page, question)
    card = page.locator(".turn").nth(before).locator(".answer")
    expect(card.locator(".feedback")).to_be_visible()
    return card


def open_source(page: Page, card: Locator) -> None:
    card.locator("a.source").first.click()
    expect(page.locator("#source-view [data-document]")).to_be_visible()


def drag_over(page: Page, words: str) -> None:
    """Select words in the source with the mouse."""
    at = page.evaluate(FIND, words)
    page.mouse.move(at["left"] + 1, at["middle"])
    page.mouse.down()
    page.mouse.move(at["right"] - 1, at["middle"], steps=5)
    page.mouse.up()
    assert page.evaluate("String(getSelection())") == words


def kept(page: Page) -> Any:
    """Return what the server keeps of the feedback on the page's conversation."""
    shown = page.request.get(page.url, headers={"Accept": "application/json"})
    return shown.json()["feedback"]


def here(page: Page) -> Locator:
    return page.get_by_role("button", name="The answer is here")


def test_answer_is_called_right_and_the_verdict_taken_back(page: Page) -> None:
    page.goto("/")
    card = ask(page, "Where did the council meet?")
    right = card.get_by_role("button", name="Right", exact=True)
    expect(right).to_have_attribute("aria-pressed", "false")
    right.press("Enter")
    expect(right).to_have_attribute("aria-pressed", "true")
    expect(card.get_by_role("status")).to_have_text("Thank you — kept as right.")
    assert kept(page) == {"1": "right"}
    right.press("Enter")
    expect(card.get_by_role("status")).to_have_text("Taken back.")
    expect(right).to_have_attribute("aria-pressed", "false")
    assert kept(page) == {}


def test_wrong_answer_asks_for_the_place_of_the_right_one(page: Page) -> None:
    page.goto("/")
    card = ask(page, "Where did the council meet?")
    card.get_by_role("button", name="Right", exact=True).click()
    card.get_by_role("button", name="Wrong", exact=True).click()
    expect(card.get_by_role("status")).to_contain_text("press “The answer is here”")
    expect(card.locator("[aria-pressed=true]")).to_have_text("Wrong")
    assert kept(page) == {"1": "wrong"}


def test_what_is_told_does_not_stay_under_the_question_box(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto("/")
    card = ask(page, "Where did the council meet?")
    card.get_by_role("button", name="Wrong", exact=True).press("Enter")
    told = card.get_by_role("status")
    expect(told).to_contain_text("Thank you")  # empty, it would be in the viewport at once
    expect(told).to_be_in_viewport(ratio=1)
    at, box = told.bounding_box(), page.locator("#ask").bounding_box()
    assert at
    assert box
    assert at["y"] + at["height"] <= box["y"]


def test_abstention_is_judged_in_its_own_words(page: Page) -> None:
    page.goto("/")
    card = ask(page, "Who won?")
    expect(card.get_by_role("group", name="Is this right? Who won?")).to_be_visible()
    expect(card.get_by_role("button", name="It is there")).to_be_visible()
    card.get_by_role("button", name="Right, it isn't there").click()
    expect(card.locator("[aria-pressed=true]")).to_have_count(1)
    assert kept(page) == {"1": "right"}


def test_words_selected_in_the_source_become_the_answer(page: Page) -> None:
    page.goto("/")
    card = ask(page, "Which rules are in use?")
    open_source(page, card)
    expect(here(page)).to_be_hidden()
    drag_over(page, "in Rome")
    here(page).click()
    told = page.locator(".offer").get_by_role("status")
    expect(told).to_have_text("Thank you — kept as the answer: “in Rome”.")
    expect(here(page)).to_be_hidden()
    expect(card.get_by_role("status")).to_contain_text("“in Rome”")
    expect(card.locator("[aria-pressed=true]")).to_have_text("It is there")
    assert kept(page) == {"1": "here"}


def test_selection_is_sent_with_its_range_and_document(page: Page) -> None:
    page.goto("/")
    open_source(page, ask(page, "Which rules are in use?"))
    drag_over(page, "May 2002")
    with page.expect_request("**/feedback") as sent:
        here(page).click()
    body: Any = sent.value.post_data_json
    assert (body["verdict"], body["document_id"]) == ("here", COUNCIL_ID)
    source = page.request.get(f"/documents/{COUNCIL_ID}/source").text()
    assert [source[start:end] for start, end in body["source_ranges"]] == ["May 2002"]


def test_button_for_a_selection_is_reached_and_left_by_keyboard(page: Page) -> None:
    page.goto("/")
    open_source(page, ask(page, "Which rules are in use?"))
    drag_over(page, "Rome")
    for _ in range(10):
        page.keyboard.press("Tab")
        if here(page).evaluate("button => button === document.activeElement"):
            break
    expect(here(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".offer [role=status]")).to_be_focused()
    assert kept(page) == {"1": "here"}


def test_button_goes_with_the_selection(page: Page) -> None:
    page.goto("/")
    card = ask(page, "Which rules are in use?")
    open_source(page, card)
    drag_over(page, "Rome")
    expect(here(page)).to_be_visible()
    page.evaluate("getSelection().collapseToEnd()")
    expect(here(page)).to_be_hidden()
    page.evaluate("card => getSelection().selectAllChildren(card)", card.element_handle())
    expect(here(page)).to_be_hidden()


def test_selection_answers_the_question_whose_source_was_opened_last(page: Page) -> None:
    page.goto("/")
    first, second = ask(page, "Which rules are in use?"), ask(page, "Where did the council meet?")
    open_source(page, first)
    open_source(page, second)
    expect(page.locator(".offer")).to_have_count(1)
    drag_over(page, "a hall")
    here(page).click()
    expect(second.locator("[aria-pressed=true]")).to_have_text("Wrong")
    expect(first.locator("[aria-pressed=true]")).to_have_count(0)
    assert kept(page) == {"2": "here"}


def test_verdict_that_cannot_be_kept_is_told(page: Page) -> None:
    page.goto("/")
    card = ask(page, "Where did the council meet?")
    page.route("**/feedback", lambda route: route.abort())
    card.get_by_role("button", name="Right", exact=True).click()
    expect(card.get_by_role("status")).to_contain_text("cannot be reached")
    expect(card.locator("[aria-pressed=true]")).to_have_count(0)


def test_selection_that_cannot_be_kept_can_be_sent_again(page: Page) -> None:
    page.goto("/")
    open_source(page, ask(page, "Which rules are in use?"))
    drag_over(page, "May 2002")
    page.route("**/feedback", lambda route: route.abort())
    here(page).click()
    told = page.locator(".offer").get_by_role("status")
    expect(told).to_contain_text("cannot be reached")
    page.unroute("**/feedback")
    here(page).click()
    expect(told).to_contain_text("“May 2002”")


def test_verdicts_are_there_after_a_reload(page: Page) -> None:
    page.goto("/")
    card = ask(page, "Where did the council meet?")
    card.get_by_role("button", name="Wrong", exact=True).click()
    expect(card.locator("[aria-pressed=true]")).to_have_text("Wrong")
    page.reload()
    expect(page.locator(".answer [aria-pressed=true]")).to_have_text("Wrong")
