from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from assistant.evaluation.report import render, render_list
from assistant.evaluation.runs import keep, listing
from tests.assistant.evaluation.made_runs import COMPARISON, declined, missed, question, run
from tests.browser.steps import expect_accessible

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of pages: a report, and a list of the runs that it is one of."""
    folder = tmp_path_factory.mktemp("reports")
    asked = [question(), missed(), declined(), *(question(f"more-{at}") for at in range(60))]
    made = run(*asked, comparison=COMPARISON)
    (folder / "report.html").write_text(render(made), "utf-8")
    for day in ("20", "21", "22"):
        settings = made["settings"] | {"started_at": f"2026-11-{day}T15:20:00+00:00"}
        keep(folder, made | {"settings": settings})
    page = render_list(listing(folder), address="{}.html".format, back="report.html")
    (folder / "runs.html").write_text(page, "utf-8")
    return folder


@pytest.fixture
def page(browser: Browser, folder: Path) -> Iterator[Page]:
    """Open pages from disk, which may neither fail nor ask for anything else."""
    faults: list[str] = []

    def check_request(request: Request) -> None:
        if not request.url.startswith((folder.as_uri(), "data:")):
            faults.append(f"asked for {request.url}")

    def check_message(message: ConsoleMessage) -> None:
        faults.append(message.text)

    with browser.new_context() as context:
        page = context.new_page()
        page.on("request", check_request)
        page.on("console", check_message)
        page.on("pageerror", lambda error: faults.append(str(error)))
        yield page
    assert faults == []


def shown(page: Page) -> int:
    return page.locator("#question-list > li:visible").count()


def test_the_search_and_the_choices_narrow_the_questions_down(page: Page, folder: Path) -> None:
    page.goto((folder / "report.html").as_uri())
    expect(page.get_by_role("status")).to_have_text("63 of 63 questions")
    page.get_by_label("Search").fill("QUEEN signed")
    expect(page.get_by_role("status")).to_have_text("1 of 63 questions")
    assert shown(page) == 1
    page.get_by_label("Search").fill("no such words")
    expect(page.get_by_text("No question fits.")).to_be_visible()
    page.get_by_label("Search").fill("")
    expect(page.get_by_role("status")).to_have_text("63 of 63 questions")
    page.get_by_label("Outcome").select_option("right")
    assert shown(page) == 62
    page.get_by_label("Kind", exact=True).select_option("who")
    assert shown(page) == 0
    page.get_by_label("Outcome").select_option("all")
    page.get_by_label("Cause").select_option("other_span")
    assert shown(page) == 1


def test_a_question_unfolds_by_keyboard_into_its_answer(page: Page, folder: Path) -> None:
    page.goto((folder / "report.html").as_uri())
    unfolding = page.locator("#question-list summary").nth(1)
    unfolding.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#q1")).to_contain_text("holds the answer")
    expect(page.locator("#q1 mark")).to_have_text("in May 2002")


def test_a_link_of_a_cause_unfolds_its_question_though_it_is_filtered_away(
    page: Page, folder: Path
) -> None:
    page.goto((folder / "report.html").as_uri())
    page.get_by_label("Outcome").select_option("right")
    expect(page.locator("#q1")).to_be_hidden()
    page.locator("#causes summary").click()
    page.locator("#causes").get_by_role("link").click()
    expect(page.locator("#q1")).to_be_in_viewport()
    expect(page.locator("#question-list summary").nth(1)).to_be_focused()


def test_without_scripts_everything_is_there(browser: Browser, folder: Path) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto((folder / "report.html").as_uri())
        expect(page.locator("#question-list > li:visible")).to_have_count(63)
        expect(page.locator("#filters")).to_be_hidden()
        page.locator("#question-list summary").nth(1).click()
        expect(page.locator("#q1")).to_contain_text("holds the answer")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
@pytest.mark.parametrize("name", ["report", "runs"])
def test_axe_finds_nothing_to_mend_in_a_report(
    page: Page, folder: Path, name: str, scheme: Literal["light", "dark"], width: int
) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto((folder / f"{name}.html").as_uri())
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect_accessible(page)
