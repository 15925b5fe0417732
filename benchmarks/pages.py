"""How long a person waits at the chat page, from Enter to what appears, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

from assistant.testsets.reading import read_test_set
from benchmarks import Measurement, matmul_rate
from benchmarks.serving import CHROMIUM, SAMPLE, served

_QUESTIONS = Path("tests/data/documents.jsonl")
_ASKED = 40
_TRANSFERRED = (
    "performance.getEntries().reduce((sum, entry) => sum + (entry.encodedBodySize ?? 0), 0)"
)
_WATCH = """() => {
  window.seen = {};
  const note = (name) => { window.seen[name] ??= performance.now() - window.entered; };
  addEventListener("keydown", (event) => {
    if (event.key === "Enter") { window.seen = {}; window.entered = performance.now(); }
  }, true);
  new MutationObserver(() => {
    const turn = document.querySelector(".turn:last-child");
    if (turn?.querySelector(".answer details li")) note("passages");
    if (turn?.querySelector(".answer blockquote, .answer .verdict")) note("answer");
  }).observe(document.getElementById("conversation"), { childList: true, subtree: true });
}"""


def run() -> Iterator[Measurement]:
    """Ask the sample corpus some of its questions in the page."""
    with served(SAMPLE) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(address, wait_until="networkidle")
        transferred = page.evaluate(_TRANSFERRED) / 1000
        page.evaluate(_WATCH)
        questions = [asked.text for asked in read_test_set(_QUESTIONS).questions[:_ASKED]]
        seen = [_ask(page, question) for question in questions]
        browser.close()
    rate = max(matmul_rate(), matmul_rate(bfloat16=True))
    for name, most in (("passages", 100), ("answer", 300)):
        taken = median(times[name] for times in seen)
        note = f"at most {most}; at {rate:.0f} GFLOP/s"
        yield Measurement(f"from Enter to the {name}, median", taken, "ms", note)
    yield Measurement("what the page transfers", transferred, "kB", "at most 150")


def _ask(page: Page, question: str) -> dict[str, float]:
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_enabled()
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    page.wait_for_selector(".turn:last-child .answer :is(blockquote, .verdict)")
    seen: dict[str, Any] = page.evaluate("window.seen")
    return seen
