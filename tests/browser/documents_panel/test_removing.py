from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from index.store import Store
from tests.browser.documents_panel.steps import NOTES, add, ask, document, file, told

pytestmark = pytest.mark.browser


def test_an_added_file_is_deleted_when_it_is_removed(
    panel: Locator, page: Page, store: Store
) -> None:
    add(panel, file("notes.md", NOTES))
    document(panel, "Field notes").get_by_role("button", name="Remove").click()
    dialog = page.get_by_role("dialog", name="Remove Field notes?")
    expect(dialog).to_contain_text("The file notes.md is deleted")
    dialog.get_by_role("button", name="Remove").click()
    expect(document(panel, "Field notes")).to_have_count(0)
    expect(told(page)).to_have_text("Field notes was removed")
    assert list((store.folder / "uploads").iterdir()) == []


def test_a_file_of_a_folder_stays_when_it_is_removed_and_can_be_kept(
    panel: Locator, page: Page, folder: Path
) -> None:
    council = document(panel, "The council")
    council.get_by_role("button", name="Remove").click()
    dialog = page.get_by_role("dialog", name="Remove The council?")
    expect(dialog).to_contain_text("The file council.md stays where it is.")
    dialog.get_by_role("button", name="Keep it").click()
    expect(council).to_be_visible()
    council.get_by_role("button", name="Remove").click()
    dialog.get_by_role("button", name="Remove").click()
    expect(council).to_have_count(0)
    assert (folder / "council.md").exists()


def test_a_removed_document_is_no_longer_asked(panel: Locator, page: Page) -> None:
    add(panel, file("notes.md", NOTES))
    notes = document(panel, "Field notes")
    notes.get_by_role("checkbox").check()
    notes.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.locator("#ask .scope")).to_be_hidden()
    expect(ask(page).get_by_role("link", name="The council").first).to_be_visible()


def test_asking_again_before_the_first_close_is_told_loses_no_answer(
    panel: Locator, page: Page
) -> None:
    document(panel, "script").get_by_role("button").evaluate(
        "remove => { remove.click(); document.querySelector('#remove-document').close();"
        " remove.click(); }"
    )
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(panel.locator(".document")).to_have_count(2)


def test_why_a_removal_failed_is_told_though_the_list_was_fetched_meanwhile(
    panel: Locator, page: Page
) -> None:
    held: list[Route] = []
    address = re.compile("/documents/[0-9a-f]{32}$")
    page.route(address, lambda route: held.append(route))
    council = document(panel, "The council")
    with page.expect_request(address):
        council.get_by_role("button", name="Remove").click()
        page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(council.get_by_role("button")).to_have_text("Removing …")
    before = council.element_handle()
    panel.dispatch_event("opened")
    page.wait_for_function("before => !before.isConnected", arg=before)
    expect(council.get_by_role("button")).to_have_text("Removing …")
    fault = {"error": {"code": "conflict", "message": "Another process is writing."}}
    held[0].fulfill(status=409, json=fault)
    expect(council.get_by_role("alert")).to_have_text("Another process is writing.")
    expect(council.get_by_role("button")).to_have_text("Remove")
