from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

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
