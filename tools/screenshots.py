"""Photograph the main states of the chat page into docs/screenshots (``make screenshots``)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, sync_playwright

from benchmarks.serving import CHROMIUM, SAMPLE, served

_FOLDER = Path("docs/screenshots")
_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_SIZES = {"wide": (1280, 800), "narrow": (390, 780)}


def main() -> None:
    """Photograph every state, light and dark, wide and narrow."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    with served(SAMPLE) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for scheme in _SCHEMES:
            for size, (width, height) in _SIZES.items():
                viewport = {"width": width, "height": height}
                page = browser.new_page(
                    base_url=address,
                    color_scheme=scheme,
                    viewport=viewport,  # type: ignore[arg-type]
                    reduced_motion="reduce",
                )
                for name, show in _STATES.items():
                    page.goto("/")
                    show(page)
                    page.wait_for_load_state("networkidle")
                    page.screenshot(path=_FOLDER / f"{name}-{size}-{scheme}.png")
                page.close()
        browser.close()


def _ask(page: Page, question: str) -> None:
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    page.locator(".turn").last.locator(".answer :is(blockquote, .verdict)").first.wait_for()


def _show_empty(page: Page) -> None:
    page.locator("#suggestions button").first.wait_for()


def _show_source(page: Page) -> None:
    _ask(page, "Where was the NATO-Russia Council founded?")
    _ask(page, "When?")
    page.locator(".citation a").first.click()
    page.locator("#source #first").wait_for()


def _show_abstention(page: Page) -> None:
    _ask(page, "Who won the ice hockey world championship?")


def _show_documents(page: Page) -> None:
    page.get_by_role("button", name="Documents").click()
    page.locator("#document-list li").first.wait_for()


_STATES: dict[str, Callable[[Page], None]] = {
    "empty": _show_empty,
    "source": _show_source,
    "abstention": _show_abstention,
    "documents": _show_documents,
}

if __name__ == "__main__":
    main()
