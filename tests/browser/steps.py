"""What several tests do on a page."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


def ask(page: Page, question: str) -> None:
    """Type a question and press Enter, once the question before has its answer."""
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_enabled()
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")


def expect_accessible(page: Page) -> None:
    """Let axe-core look for what breaks WCAG 2.2 AA, and expect that it finds nothing."""
    found = Axe().run(page, options=_RULES)
    assert found.violations_count == 0, found.generate_report()
