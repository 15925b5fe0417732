from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.steps import ask, expect_accessible
from tests.web.making import COUNCIL_ID, PAPER_ID

pytestmark = pytest.mark.browser


def show_answer(page: Page) -> None:
    page.goto("/")
    ask(page, "Where did the council meet?")
    expect(page.locator(".answer blockquote")).to_be_visible()
    page.locator(".answer summary").click()
    expect(page.locator(".answer details li").first).to_be_visible()


def show_follow_up(page: Page) -> None:
    show_answer(page)
    ask(page, "When?")
    page.get_by_role("button", name="Edit").click()


def show_abstention(page: Page) -> None:
    page.goto("/")
    ask(page, "Which rules are in use?")
    expect(page.locator(".declined")).to_be_visible()


def show_failure(page: Page) -> None:
    page.goto("/")
    page.route("**/ask", lambda route: route.abort())
    ask(page, "Where did the council meet?")
    expect(page.get_by_role("alert")).to_be_visible()


def show_source(page: Page) -> None:
    show_answer(page)
    page.locator(".citation a").click()
    expect(page.locator("#source mark#first")).to_be_visible()


def show_pages(page: Page) -> None:
    page.goto("/")
    ask(page, "When was the treaty signed?")
    page.get_by_role("link", name="page 2").first.click()
    expect(page.locator("#source #first")).to_be_visible()


def show_conversations(page: Page) -> None:
    show_answer(page)
    page.get_by_role("button", name="Conversations").click()
    page.locator("#conversation-list").get_by_role("button", name="Rename").first.click()
    expect(page.get_by_label("Title")).to_be_visible()


def show_deletion(page: Page) -> None:
    show_answer(page)
    page.get_by_role("button", name="Conversations").click()
    page.locator("#conversation-list").get_by_role("button", name="Delete").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()


def show_documents(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Documents").click()
    expect(page.locator("#document-list li").first).to_be_visible()


def show_suggestions(page: Page) -> None:
    suggested = {"question": "Where did the council meet?", "document_id": "d", "title": "Council"}
    body = {"questions": [suggested], "generation": 1, "pending": False}
    page.route("**/questions", lambda route: route.fulfill(json=body))
    page.goto("/")
    expect(page.locator("#suggestions button")).to_be_visible()


_STATES: dict[str, Callable[[Page], object]] = {
    "the empty chat": lambda page: page.goto("/"),
    "suggestions": show_suggestions,
    "an answer": show_answer,
    "a follow-up question": show_follow_up,
    "an abstention": show_abstention,
    "a failure": show_failure,
    "a source": show_source,
    "pages": show_pages,
    "conversations": show_conversations,
    "deletion": show_deletion,
    "documents": show_documents,
    "a document": lambda page: page.goto(f"/documents/{COUNCIL_ID}?ranges=20-40#first"),
    "a document of pages": lambda page: page.goto(f"/documents/{PAPER_ID}"),
    "nothing there": lambda page: page.goto("/documents/none"),
}


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
@pytest.mark.parametrize("state", _STATES)
def test_axe_finds_nothing_to_mend(
    page: Page, state: str, scheme: Literal["light", "dark"], width: int
) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 800})
    _STATES[state](page)
    expect_accessible(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_waits_can_be_read_at_its_faintest(
    page: Page, scheme: Literal["light", "dark"]
) -> None:
    held: list[Route] = []
    page.emulate_media(color_scheme=scheme)
    page.route("**/ask", lambda route: held.append(route))
    page.goto("/")
    ask(page, "Where did the council meet?")
    expect(page.locator(".waiting")).to_be_visible()
    page.locator(".waiting").evaluate("""waiting => {
      const [breathing] = waiting.getAnimations();
      breathing.pause();
      breathing.currentTime = breathing.effect.getTiming().duration;
    }""")
    expect_accessible(page)


def test_hints_in_all_boxes_have_one_colour(page: Page) -> None:
    page.goto("/")
    colours = page.locator("[placeholder]").evaluate_all(
        "boxes => boxes.map((box) => getComputedStyle(box, '::placeholder').color)"
    )
    assert len(colours) == 3
    assert len(set(colours)) == 1


def test_everything_can_be_done_by_keyboard_alone(page: Page) -> None:
    page.goto("/")
    page.keyboard.type("Where did the council meet?")
    page.keyboard.press("Enter")
    citation = page.locator(".citation a")
    expect(citation).to_be_visible()
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if citation.evaluate("link => link === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#source mark#first")).to_be_in_viewport()
    page.keyboard.press("n")
    expect(page.locator("#source-place")).to_have_text("Source 2 of 6")
    page.keyboard.press("Escape")
    expect(page.locator("#source")).to_be_hidden()
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.textContent") == "Conversations":
            break
    page.keyboard.press("Enter")
    expect(page.locator("#conversation-list li").first).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Conversations")).to_be_focused()


def test_the_question_box_is_one_key_away(page: Page) -> None:
    page.goto("/")
    ask(page, "Where did the council meet?")
    expect(page.locator(".citation a")).to_be_visible()
    page.locator(".citation a").focus()
    skip = page.get_by_role("link", name="Skip to the question box")
    skip.focus()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your question")).to_be_focused()
