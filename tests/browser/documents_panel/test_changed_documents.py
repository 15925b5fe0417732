"""Answers whose documents have changed, or are gone, since they were given."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from index.ingest import index
from index.store import Store
from tests.browser.documents_panel.steps import ask, told
from tests.web.making import COUNCIL, COUNCIL_ID, WaitingEmbedder

pytestmark = pytest.mark.browser


def read_anew(store: Store, folder: Path, embedder: WaitingEmbedder, text: str) -> None:
    (folder / "council.md").write_text(text)
    list(index(store, [folder], embedder=embedder))


def open_first(card: Locator) -> Locator:
    """Open the first source of an answer, and return what is shown of it."""
    card.locator("a.source").first.click()
    view = card.page.locator("#source-view")
    expect(view.locator("[data-document], [role=alert]")).to_be_visible()
    return view


def test_a_document_that_was_read_anew_is_shown_without_marks(
    page: Page, store: Store, folder: Path, embedder: WaitingEmbedder
) -> None:
    page.goto("/")
    card = ask(page)
    expect(open_first(card).locator("mark")).to_have_text("Rome")
    page.get_by_role("button", name="Close").click()
    read_anew(store, folder, embedder, "Preface.\n\n" + COUNCIL)
    view = open_first(card)
    expect(view.get_by_text("has been read anew since this answer")).to_be_visible()
    expect(view).to_contain_text("Preface.")
    expect(view.locator("mark")).to_have_count(0)
    own = page.get_by_role("link", name="Open as a page")
    expect(own).to_have_attribute("href", f"/documents/{COUNCIL_ID}")
    page.keyboard.press("n")
    expect(page.locator("#source-place")).to_have_text("Source 2 of 6")
    expect(view.get_by_text("has been read anew since this answer")).to_be_visible()


def test_a_document_that_has_become_too_short_for_the_quote_is_shown_all_the_same(
    page: Page, store: Store, folder: Path, embedder: WaitingEmbedder
) -> None:
    page.goto("/")
    card = ask(page)
    read_anew(store, folder, embedder, "All was struck out.\n")
    view = open_first(card)
    expect(view).to_contain_text("All was struck out.")
    expect(view.get_by_text("has been read anew since this answer")).to_be_visible()


def test_an_answer_from_a_document_that_was_read_anew_says_so_when_it_is_shown_again(
    page: Page, store: Store, folder: Path, embedder: WaitingEmbedder
) -> None:
    page.goto("/")
    stale = ask(page).locator(".citation .stale")
    expect(stale).to_have_count(0)
    read_anew(store, folder, embedder, "Preface.\n\n" + COUNCIL)
    page.reload()
    expect(stale).to_contain_text("The file has changed")


def test_that_a_document_was_removed_is_told_in_the_servers_words(page: Page) -> None:
    page.goto("/")
    card = ask(page)
    assert page.request.delete(f"/documents/{COUNCIL_ID}").ok
    view = open_first(card)
    expect(view.get_by_role("alert")).to_contain_text("no such document in the index")
    expect(view.get_by_role("alert")).not_to_contain_text("status 404")


def test_an_answer_from_a_changed_file_is_told_with_its_staleness(page: Page, folder: Path) -> None:
    page.goto("/")
    (folder / "council.md").write_text("Another text.")
    ask(page)
    expect(told(page)).to_contain_text("From The council. The file has changed")
