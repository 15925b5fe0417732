"""What the tests of the documents panel do in it."""

from __future__ import annotations

import re

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.steps import ask as begin

NOTES = b"# Field notes\n\nThe council met in Rome again.\n"
LIMIT = 2**20


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
    begin(page, question)
    answer = page.locator(".turn").last.locator(".answer")
    expect(answer.get_by_text(re.compile(r"\d+%|do not"))).not_to_have_count(0)
    return answer
