"""What becomes of a conversation that is still loading, is not kept, or is changed elsewhere."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.steps import ask

pytestmark = pytest.mark.browser
COUNCIL = "Where did the council meet?"


def answered(page: Page, question: str, count: int) -> None:
    ask(page, question)
    expect(page.locator(".turn")).to_have_count(count)
    expect(page.locator(".turn").last.locator("blockquote, .verdict")).to_be_visible()


def test_a_question_waits_until_its_conversation_is_there(page: Page) -> None:
    page.goto("/")
    answered(page, COUNCIL, 1)
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.resource_type == "fetch":
            held.append(route)
        else:
            route.continue_()

    page.route("**/conversations/*", hold)
    with page.expect_request(lambda request: request.resource_type == "fetch"):
        page.reload()
    box = page.get_by_label("Your question")
    box.fill("What is the key?")
    page.keyboard.press("Enter")
    expect(box).to_have_value("What is the key?")
    expect(page.locator(".turn")).to_have_count(0)
    held[0].continue_()
    expect(page.locator(".asked")).to_have_text([COUNCIL])
    answered(page, "What is the key?", 2)
    address = page.url
    page.unroute("**/conversations/*")
    page.reload()
    expect(page.locator(".asked")).to_have_text([COUNCIL, "What is the key?"])
    assert page.url == address


def test_an_answer_that_is_not_kept_says_so_and_has_no_address(page: Page) -> None:
    page.goto("/")
    start = page.url
    reply = page.request.post("/ask", data={"question": COUNCIL}).json()
    told = {"question": COUNCIL, "understood_as": COUNCIL, "conversation_id": "unkept"}
    events = [("understood", told), ("answer", {**reply, "turn": None})]
    body = "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events)
    page.route("**/ask", lambda route: route.fulfill(content_type="text/event-stream", body=body))
    answered(page, COUNCIL, 1)
    expect(page.locator(".answer")).to_contain_text("This answer could not be kept")
    expect(page.locator(".feedback")).to_have_count(0)
    assert page.url == start


def test_a_conversation_that_goes_on_elsewhere_says_so(page: Page) -> None:
    page.goto("/")
    answered(page, COUNCIL, 1)
    body = {"question": "Who won?", "conversation_id": page.url.rpartition("/")[2]}
    assert page.request.post("/ask", data=body).ok
    answered(page, "What is the key?", 2)
    changed = page.locator(".turn").nth(1).get_by_role("alert")
    expect(changed).to_contain_text("This conversation was changed elsewhere.")
    expect(page.locator(".feedback")).to_have_count(2)
    answered(page, COUNCIL, 3)
    expect(page.locator(".changed")).to_have_count(1)
    changed.get_by_role("button", name="Reload").click()
    asked = [COUNCIL, "Who won?", "What is the key?", COUNCIL]
    expect(page.locator(".asked")).to_have_text(asked)


def test_earlier_answers_of_a_conversation_deleted_elsewhere_can_no_longer_be_judged(
    page: Page,
) -> None:
    page.goto("/")
    answered(page, COUNCIL, 1)
    page.locator(".citation a").click()
    expect(page.locator("#source mark")).to_be_visible()
    assert page.request.delete(page.url).ok
    answered(page, "What is the key?", 2)
    expect(page.locator(".changed")).to_be_visible()
    expect(page.locator(".turn").first.locator(".feedback")).to_have_count(0)
    expect(page.locator(".turn").last.locator(".feedback")).to_have_count(1)
    page.evaluate("getSelection().selectAllChildren(document.querySelector('#source mark'))")
    expect(page.get_by_role("button", name="The answer is here")).to_have_count(0)


def test_what_a_follow_up_was_understood_as_is_told_first(page: Page) -> None:
    page.goto("/")
    answered(page, COUNCIL, 1)
    answered(page, "When?", 2)
    told = page.locator("#status")
    expect(told).to_contain_text("Understood as: When did the council meet? ")
    expect(page.locator(".understood bdi")).to_have_text("When did the council meet?")
