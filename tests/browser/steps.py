"""What a person does on the page in several tests."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def ask(page: Page, question: str) -> None:
    """Type a question and press Enter, once the question before has its answer."""
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_enabled()
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
