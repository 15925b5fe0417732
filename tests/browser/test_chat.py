from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.steps import ask
from tests.web.making import COUNCIL, COUNCIL_ID

pytestmark = pytest.mark.browser

UNDERSTOOD = (
    'event: understood\ndata: {"question": "Q", "understood_as": "Q", "conversation_id": "cut"}\n\n'
)


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


def test_several_questions_stand_below_each_other(page: Page) -> None:
    page.goto("/")
    ask(page, "Where did the council meet?")
    expect(page.locator(".answer blockquote")).to_have_count(1)
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


def test_answers_that_dispute_each_other_stand_side_by_side_with_their_sources_and_dates(
    page: Page,
) -> None:
    page.goto("/")
    ask(page, "Where was the disputed treaty of the council signed?")
    expect(page.locator(".answer")).to_contain_text("The documents disagree about this.")
    rivals = page.locator(".rivals > div")
    expect(rivals.locator("mark")).to_have_text(["Rome", "Paris"])
    expect(rivals.first).to_contain_text(re.compile("Its seat, file of .*20[0-9]{2}"))
    expect(rivals.nth(1)).to_contain_text("page 2")
    first, second = (rivals.nth(at).bounding_box() for at in range(2))
    assert first
    assert second
    assert first["y"] == second["y"]


def test_a_list_that_is_disputed_shows_all_its_items(page: Page) -> None:
    page.goto("/")
    asked = {"question": "Where was the disputed treaty of the council signed?"}
    reply = page.request.post("/ask", data=asked).json()
    reply["alternatives"][0]["answer"] = "Rome; Ostia"
    body = f"{UNDERSTOOD}event: answer\ndata: {json.dumps(reply)}\n\n"
    page.route("**/ask", lambda route: route.fulfill(content_type="text/event-stream", body=body))
    ask(page, asked["question"])
    expect(page.locator(".rivals .quoted mark")).to_have_text(["Rome; Ostia", "Paris"])


def test_an_answer_is_told_to_those_who_hear_the_page(page: Page) -> None:
    page.goto("/")
    ask(page, "Where did the council meet?")
    status = page.locator("#status")
    expect(status).to_have_text("Rome. Very likely right (93%). From The council.")
    ask(page, "Who won the cup?")
    expect(status).to_have_text("The documents do not speak of this.")


def test_a_follow_up_question_says_how_it_is_understood_and_can_be_asked_as_written(
    page: Page,
) -> None:
    page.goto("/")
    ask(page, "Where did the council meet?")
    ask(page, "When?")
    understood = page.locator(".understood")
    expect(understood).to_contain_text("Understood as: When did the council meet?")
    page.get_by_role("button", name="Ask as written").click()
    expect(page.locator(".asked").nth(2)).to_have_text("When?")
    expect(page.locator(".turn").nth(2).locator(".declined")).to_be_visible()
    expect(understood).to_have_count(1)


def test_what_a_question_is_understood_as_can_be_edited(page: Page) -> None:
    page.goto("/")
    ask(page, "Where did the council meet?")
    ask(page, "When?")
    page.get_by_role("button", name="Edit").click()
    box = page.get_by_label("The question as meant")
    expect(box).to_be_focused()
    assert box.input_value() == "When did the council meet?"
    box.fill("Which town was chosen?")
    box.press("Enter")
    third = page.locator(".turn").nth(2)
    expect(third.locator(".asked")).to_have_text("Which town was chosen?")
    expect(third.locator("blockquote mark")).to_have_text("Rome")


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


def test_a_server_that_stops_in_the_middle_of_an_answer_is_told_and_the_page_recovers(
    page: Page,
) -> None:
    def stop(route: Route) -> None:
        route.fulfill(content_type="text/event-stream", body=UNDERSTOOD)

    page.goto("/")
    page.route("**/ask", stop)
    ask(page, "Where did the council meet?")
    expect(page.get_by_role("alert")).to_contain_text("stopped in the middle of the answer")
    page.unroute("**/ask")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".answer blockquote mark")).to_have_text("Rome")


def test_what_fails_while_a_question_is_answered_is_shown_in_the_servers_words(page: Page) -> None:
    error = 'event: error\ndata: {"error": {"code": "conflict", "message": "It has changed."}}\n\n'

    def fail(route: Route) -> None:
        route.fulfill(content_type="text/event-stream", body=UNDERSTOOD + error)

    page.goto("/")
    page.route("**/ask", fail)
    ask(page, "Where did the council meet?")
    expect(page.get_by_role("alert")).to_contain_text("It has changed.")


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
    expect(page.locator(".answer blockquote")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.locator(".citation a").click()
    expect(page.locator("mark#first")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Conversations").click()
    expect(page.locator("#conversation-list a").first).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_what_the_page_transfers_stays_small(page: Page) -> None:
    page.goto("/", wait_until="networkidle")
    entries = "performance.getEntries().map((entry) => entry.encodedBodySize ?? 0)"
    assert 20_000 < sum(page.evaluate(entries)) < 150_000
