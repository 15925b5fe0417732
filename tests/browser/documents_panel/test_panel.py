from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from index.store import Store
from tests.browser.documents_panel.steps import NOTES, add, ask, document, file, told
from tests.web.making import COUNCIL_ID

pytestmark = pytest.mark.browser


def test_the_list_tells_what_is_indexed(panel: Locator) -> None:
    paper = document(panel, "treaty")
    expect(paper).to_contain_text(
        re.compile(r"PDF · 2 pages · \d+ passages? · read well · indexed")
    )
    expect(paper.locator("time")).to_have_text("just now")
    expect(paper.locator("time")).to_have_attribute("datetime", re.compile(r"^\d{4}-.*Z$"))
    link = document(panel, "The council").get_by_role("link")
    expect(link).to_have_attribute("href", f"/documents/{COUNCIL_ID}")


def test_the_welcome_tells_how_many_documents_there_are_now(panel: Locator, page: Page) -> None:
    welcome = page.locator("#welcome")
    expect(welcome).to_contain_text("word for word from 3 documents")
    for left in (2, 1, 0):
        panel.get_by_role("button", name=re.compile("^Remove ")).first.click()
        page.get_by_role("dialog").get_by_role("button", name="Remove").click()
        expect(panel.locator(".document")).to_have_count(left)
    expect(welcome).to_contain_text("There are no documents here yet.")
    expect(welcome).not_to_contain_text("word for word", use_inner_text=True)
    add(panel, file("pier.md", b"# The pier\n\nIt was opened in 1861.\n"))
    expect(welcome).to_contain_text("word for word from 1 document,", use_inner_text=True)
    expect(welcome).not_to_contain_text("no documents here yet", use_inner_text=True)


def test_questions_are_suggested_after_the_first_document_is_added(
    panel: Locator, page: Page
) -> None:
    suggested = {"question": "Who came?", "document_id": "d", "title": "Field notes"}
    body = {"questions": [suggested], "generation": 1, "pending": False}
    page.route("**/questions", lambda route: route.fulfill(json=body))
    expect(page.locator("#suggestions")).to_be_empty()
    add(panel, file("notes.md", NOTES))
    expect(page.get_by_role("button", name="Who came?")).to_be_visible()


def test_questions_are_asked_within_the_chosen_documents(panel: Locator, page: Page) -> None:
    add(panel, file("notes.md", NOTES))
    document(panel, "Field notes").get_by_role("checkbox", name="Ask within Field notes").check()
    expect(told(page)).to_have_text("Asking within 1 of 4 documents")
    beside_the_question = page.locator("#ask .scope")
    expect(beside_the_question).to_contain_text("Asking within 1 of 4 documents")
    declined = ask(page, "What is the key?")
    expect(declined).to_have_class(re.compile("declined"))
    expect(declined).to_contain_text("Asked within 1 document")
    within = ask(page)
    expect(within).to_contain_text("Asked within 1 document")
    expect(within.get_by_role("link", name="Field notes").first).to_be_visible()
    expect(within.get_by_role("link", name="The council")).to_have_count(0)
    beside_the_question.get_by_role("button", name="Ask all").click()
    expect(beside_the_question).to_be_hidden()
    expect(panel.get_by_role("checkbox", checked=True)).to_have_count(0)
    expect(ask(page).locator("a.source", has_text="The council").first).to_be_attached()
    page.reload()
    expect(page.locator(".answer", has_text="Asked within 1 document")).to_have_count(2)
    expect(page.locator(".answer")).to_have_count(3)


def test_a_changed_file_is_marked_stale_with_what_to_do(panel: Locator, folder: Path) -> None:
    page = panel.page
    (folder / "council.md").write_text("Another text.")
    page.get_by_role("button", name="Documents", exact=True).click()
    page.get_by_role("button", name="Documents", exact=True).click()
    stale = document(panel, "The council").locator(".stale")
    expect(stale).to_contain_text("Stale: its file has changed since, or is gone")
    expect(stale).to_contain_text("assistant index")
    expect(panel.locator(".stale")).to_have_count(1)


def test_many_documents_can_be_filtered(panel: Locator, page: Page) -> None:
    box = panel.get_by_label("Filter the documents")
    expect(box).to_be_hidden()
    add(panel, *(file(f"note {n}.txt", b"A note.") for n in range(5)))
    expect(panel.locator(".document")).to_have_count(8)
    box.fill("NOTE 3")
    expect(panel.locator(".document")).to_have_count(1)
    expect(told(page)).to_have_text("1 document found")
    box.fill("nothing")
    expect(panel).to_contain_text("No document has such a name.")


def test_the_filter_stays_while_it_is_used(panel: Locator, page: Page) -> None:
    add(panel, *(file(f"note {n}.txt", b"A note.") for n in range(5)))
    expect(panel.locator(".document")).to_have_count(8)
    box = panel.get_by_label("Filter the documents")
    box.fill("note 3")
    panel.get_by_role("button", name="Remove note 3").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(panel).to_contain_text("No document has such a name.")
    expect(told(page)).to_have_text("note 3 was removed")
    expect(box).to_be_visible()
    box.fill("")
    expect(panel.locator(".document")).to_have_count(7)
    expect(box).to_be_hidden()


def test_the_panel_works_by_keyboard_alone(page: Page, store: Store) -> None:
    page.goto("/")
    page.get_by_role("button", name="Documents", exact=True).focus()
    page.keyboard.press("Enter")
    panel = page.locator("#documents")
    document(panel, "script").get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    expect(told(page)).to_have_text("Asking within 1 of 3 documents")
    page.keyboard.press("Tab")
    expect(document(panel, "script").get_by_role("link")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(panel).to_be_visible()
    remove = document(panel, "script").get_by_role("button")
    expect(remove).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(dialog.get_by_role("button", name="Remove")).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel.locator(".document")).to_have_count(2)
    expect(panel.get_by_label("Add documents")).to_be_focused()


def test_markup_in_names_and_titles_is_shown_as_text(panel: Locator, page: Page) -> None:
    hostile = "<img src=x onerror=alert(1)>.md"
    add(panel, file(hostile, b""), file(hostile, b"# <script>alert(1)</script>\n\nText.\n"))
    expect(panel.locator(".document")).to_have_count(4)
    expect(panel.locator("#uploads .name")).to_have_text(hostile)
    expect(panel.locator("img")).to_have_count(0)
    expect(panel.locator("script")).to_have_count(0)
