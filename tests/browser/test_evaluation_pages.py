from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from assistant.evaluation.runs import keep
from tests.assistant.evaluation.made_runs import run
from tests.browser.serving import served
from tests.web.making import write_documents

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve an index with a run, and give the address without the last slash."""
    folder = tmp_path_factory.mktemp("evaluated")
    write_documents(folder / "documents")
    with served(folder) as address:
        keep(folder / "index", run())
        yield address


def test_a_served_report_has_its_style_and_its_script(page: Page) -> None:
    page.goto("/evaluation")
    page.get_by_role("link", name="22 November 2026").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Right on 2 of 3 questions (67%)")
    page.get_by_label("Outcome").select_option("missed")
    expect(page.get_by_role("status")).to_have_text("1 of 3 questions")
    assert page.locator("body").evaluate("body => getComputedStyle(body).marginTop") == "0px"
    page.get_by_role("link", name="All evaluations").click()
    page.get_by_role("link", name="Back to the questions").click()
    expect(page.get_by_label("Your question")).to_be_visible()
