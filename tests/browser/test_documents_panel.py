from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from assistant.answering import Assistant
from assistant.conversation.conversations import Conversations
from index.ingest import index
from index.store import Store
from tests.web.making import COUNCIL_ID, QuoteReader, WaitingEmbedder, write_documents
from web import Limits, create_app
from web.serving import bind

pytestmark = pytest.mark.browser

NOTES = b"# Field notes\n\nThe council met in Rome again.\n"
WAITED_FOR = NOTES + b"\nAnd the notes say so.\n"
LIMIT = 2**20


@pytest.fixture
def embedder() -> WaitingEmbedder:
    return WaitingEmbedder()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_documents(folder := tmp_path / "documents")
    return folder


@pytest.fixture
def store(tmp_path: Path, folder: Path, embedder: WaitingEmbedder) -> Iterator[Store]:
    name = embedder.name
    with Store.open(tmp_path / "index", embedder_name=name, create=True) as store:
        list(index(store, [folder], embedder=embedder))
        yield store


@pytest.fixture
def address(store: Store, embedder: WaitingEmbedder) -> Iterator[str]:
    """Serve an index that the test may change."""
    with closing(Conversations(store.folder)) as conversations:
        assistant = Assistant(store, embedder, QuoteReader())
        limits = Limits(largest_file=LIMIT)
        server = bind(create_app(assistant, conversations, limits=limits), port=0)
        thread = Thread(target=server.run)
        thread.start()
        yield server.url.rstrip("/")
        embedder.goes_on.set()
        server.stop()
        thread.join()


@pytest.fixture
def panel(page: Page) -> Locator:
    """The panel, opened."""
    page.goto("/")
    page.get_by_role("button", name="Documents", exact=True).click()
    panel = page.locator("#documents")
    expect(panel.locator(".document")).to_have_count(3)
    return panel


def file(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def add(panel: Locator, *files: FilePayload) -> None:
    panel.get_by_label("Add documents").set_input_files(files)


def document(panel: Locator, title: str) -> Locator:
    link = panel.page.get_by_role("link", name=title, exact=True)
    return panel.locator(".document").filter(has=link)


def told(page: Page) -> Locator:
    return page.locator("#status")


def ask(page: Page, question: str = "Where did the council meet?") -> Locator:
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    answer = page.locator(".turn").last.locator(".answer")
    expect(answer.get_by_text(re.compile(r"\d+%|do not"))).not_to_have_count(0)
    return answer


def test_the_list_tells_what_is_indexed(panel: Locator) -> None:
    paper = document(panel, "treaty")
    expect(paper).to_contain_text(
        re.compile(r"PDF · 2 pages · \d+ passages? · read well · indexed")
    )
    expect(paper.locator("time")).to_have_text("just now")
    expect(paper.locator("time")).to_have_attribute("datetime", re.compile(r"^\d{4}-.*Z$"))
    link = document(panel, "The council").get_by_role("link")
    expect(link).to_have_attribute("href", f"/documents/{COUNCIL_ID}")


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
        expect(row).to_contain_text(f"process {os.getpid()} is writing")
        expect(told(page)).to_contain_text("notes.md was not added: process")
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


def test_questions_are_asked_within_the_chosen_documents(panel: Locator, page: Page) -> None:
    add(panel, file("notes.md", NOTES))
    document(panel, "Field notes").get_by_role("checkbox", name="Ask within Field notes").check()
    expect(told(page)).to_have_text("Asking within 1 of 4 documents")
    beside_the_question = page.locator("#ask .scope")
    expect(beside_the_question).to_contain_text("Asking within 1 of 4 documents")
    expect(ask(page, "What is the key?")).to_have_class(re.compile("declined"))
    within = ask(page)
    expect(within.get_by_role("link", name="Field notes").first).to_be_visible()
    expect(within.get_by_role("link", name="The council")).to_have_count(0)
    beside_the_question.get_by_role("button", name="Ask all").click()
    expect(beside_the_question).to_be_hidden()
    expect(panel.get_by_role("checkbox", checked=True)).to_have_count(0)
    expect(ask(page).locator("a.source", has_text="The council").first).to_be_attached()


def test_a_removed_document_is_no_longer_asked(panel: Locator, page: Page) -> None:
    add(panel, file("notes.md", NOTES))
    notes = document(panel, "Field notes")
    notes.get_by_role("checkbox").check()
    notes.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.locator("#ask .scope")).to_be_hidden()
    expect(ask(page).get_by_role("link", name="The council").first).to_be_visible()


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


def test_asking_again_before_the_first_close_is_told_loses_no_answer(
    panel: Locator, page: Page
) -> None:
    document(panel, "script").get_by_role("button").evaluate(
        "remove => { remove.click(); document.querySelector('#remove-document').close();"
        " remove.click(); }"
    )
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(panel.locator(".document")).to_have_count(2)


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
