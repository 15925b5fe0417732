from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from index.store import Store
from tests.browser.documents_panel.steps import LIMIT, NOTES, add, ask, document, file, told
from tests.web.making import WaitingEmbedder

pytestmark = pytest.mark.browser

WAITED_FOR = NOTES + b"\nAnd the notes say so.\n"


def test_an_added_file_shows_its_progress_and_can_be_asked(
    panel: Locator, page: Page, embedder: WaitingEmbedder
) -> None:
    add(panel, file("notes.md", WAITED_FOR))
    row = panel.get_by_label("Files being added").get_by_role("listitem")
    expect(row).to_contain_text("Reading …")
    expect(row.get_by_role("progressbar", name="notes.md")).to_be_visible()
    assert embedder.waits.wait(timeout=30)
    embedder.goes_on.set()
    expect(document(panel, "Field notes")).to_contain_text("Markdown · 1 passage")
    expect(row).to_have_count(0)
    expect(told(page)).to_have_text("Field notes was added: 1 passage")
    document(panel, "Field notes").get_by_role("checkbox").check()
    expect(ask(page).get_by_role("link", name="Field notes").first).to_be_visible()


def test_how_much_has_been_sent_is_shown(panel: Locator, page: Page) -> None:
    network = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 200_000}
    network.send("Network.emulateNetworkConditions", slow)
    add(panel, file("long.txt", b"word " * (LIMIT // 5)))
    expect(panel.locator("#uploads")).to_contain_text(re.compile(r"[1-9]\d?% sent"))
    value = panel.get_by_role("progressbar").evaluate("bar => bar.value")
    assert 0 < value < 1
    network.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})


def test_files_that_fail_say_why_and_the_others_are_added(panel: Locator, page: Page) -> None:
    add(
        panel,
        file("empty.txt", b""),
        file("picture.png", b"\x89PNG"),
        file("large.txt", b"a" * (LIMIT + 1)),
        file("notes.md", NOTES),
    )
    expect(document(panel, "Field notes")).to_be_visible()
    rows = panel.locator("#uploads li")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("empty: 0 bytes")
    expect(rows.nth(1)).to_contain_text("no reader for this kind of file")
    expect(rows.nth(2)).to_contain_text("1.0 MiB, over the limit of 1 MiB")
    rows.nth(1).get_by_role("button", name="Dismiss").click()
    expect(rows).to_have_count(2)


def test_a_file_that_failed_can_be_tried_again(panel: Locator, page: Page, store: Store) -> None:
    with Store.open(store.folder, embedder_name=None) as other, other.writing():
        add(panel, file("notes.md", NOTES))
        row = panel.locator("#uploads li")
        expect(row).to_contain_text("another program is adding or removing documents")
        expect(told(page)).to_contain_text("notes.md was not added: another program")
    row.get_by_role("button", name="Try again").click()
    expect(document(panel, "Field notes")).to_be_visible()
    expect(row).to_have_count(0)


def test_a_file_of_the_same_name_replaces_the_earlier_one(panel: Locator, page: Page) -> None:
    add(panel, file("notes.md", NOTES))
    expect(told(page)).to_have_text("Field notes was added: 1 passage")
    add(panel, file("notes.md", b"# Better notes\n\nNobody came.\n"))
    expect(told(page)).to_have_text("Better notes replaced the earlier version: 1 passage")
    expect(panel.locator(".document")).to_have_count(4)
    expect(document(panel, "Field notes")).to_have_count(0)


def test_files_dropped_anywhere_open_the_panel_and_are_added(page: Page) -> None:
    page.goto("/")
    dropped = page.evaluate_handle(
        """() => {
          const dropped = new DataTransfer();
          dropped.items.add(new File(["# Field notes\\n\\nThey met.\\n"], "notes.md"));
          return dropped;
        }"""
    )
    page.dispatch_event("main", "dragenter", {"dataTransfer": dropped})
    expect(page.get_by_text("Drop the files to add them")).to_be_visible()
    page.dispatch_event("main", "drop", {"dataTransfer": dropped})
    expect(page.get_by_text("Drop the files to add them")).to_be_hidden()
    panel = page.locator("#documents")
    expect(panel).to_be_visible()
    expect(document(panel, "Field notes")).to_be_visible()


def test_a_file_that_waits_can_be_cancelled(
    panel: Locator, page: Page, embedder: WaitingEmbedder, store: Store
) -> None:
    add(panel, file("notes.md", WAITED_FOR), file("other.md", b"# Other notes\n\nNone.\n"))
    assert embedder.waits.wait(timeout=30)
    rows = panel.locator("#uploads li")
    expect(rows.nth(0).get_by_role("button", name="Cancel notes.md")).to_have_count(0)
    rows.nth(1).get_by_role("button", name="Cancel other.md").click()
    expect(rows).to_have_count(1)
    expect(panel.get_by_label("Add documents")).to_be_focused()
    add(panel, file("last.md", b"# Last notes\n\nAll.\n"))
    embedder.goes_on.set()
    expect(document(panel, "Last notes")).to_be_visible()
    expect(panel.locator(".document")).to_have_count(5)
    assert not (store.folder / "uploads" / "other.md").exists()


def test_leaving_the_page_asks_first_while_files_are_added(
    panel: Locator, page: Page, embedder: WaitingEmbedder
) -> None:
    asks = """() => {
      const leaving = new Event("beforeunload", { cancelable: true });
      dispatchEvent(leaving);
      return leaving.defaultPrevented;
    }"""
    assert page.evaluate(asks) is False
    add(panel, file("notes.md", WAITED_FOR))
    assert embedder.waits.wait(timeout=30)
    assert page.evaluate(asks) is True
    embedder.goes_on.set()
    expect(document(panel, "Field notes")).to_be_visible()
    assert page.evaluate(asks) is False
