from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.conversation.conversations import Conversations
from index.store import Store
from tests.browser.steps import ask, expect_accessible
from tests.web.making import fill, write_documents
from tests.web.running import running
from web import Visitors, create_app

pytestmark = pytest.mark.browser
TOKEN = "the-token-of-these-tests_0123456789"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve an assistant that demands a token, and give its address without the last slash."""
    folder = tmp_path_factory.mktemp("guarded")
    write_documents(folder / "documents")
    with (
        Store.open(folder / "index", embedder_name=None, create=True) as store,
        closing(Conversations(folder / "index")) as conversations,
        running(
            create_app(
                fill(store, folder / "documents"),
                conversations,
                visitors=Visitors(token=lambda: TOKEN),
            )
        ) as server,
    ):
        yield server.url.rstrip("/")


def test_one_who_signs_in_asks_and_signs_out(page: Page) -> None:
    page.goto("/")
    expect(page).to_have_title("Sign in · Document assistant")
    page.get_by_label("Token").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("That is not the token.")
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Sign in").click()
    ask(page, "Where did the council meet?")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Token")).to_be_focused()


def test_one_who_was_signed_out_is_shown_where_to_sign_in(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Token").fill(TOKEN)
    with page.expect_navigation():  # till its scripts listen
        page.get_by_role("button", name="Sign in").click()
    ask(page, "Where did the council meet?")
    expect(page.locator(".feedback")).to_be_visible()
    page.context.clear_cookies()
    page.locator(".citation a").click()
    told = page.locator("#source").get_by_role("alert")
    expect(told).to_contain_text("You are signed out.")
    with page.context.expect_page() as opened:
        told.get_by_role("link", name="Sign in in another tab").click()
    opened.value.get_by_label("Token").fill(TOKEN)
    opened.value.get_by_role("button", name="Sign in").click()
    expect(opened.value.get_by_label("Your question")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    page.locator(".citation a").click()
    expect(page.locator("#source mark")).to_have_text("Rome")


def test_signing_in_needs_no_script(browser: Browser, address: str) -> None:
    with browser.new_context(base_url=address, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/evaluation")
        page.get_by_label("Token").fill(TOKEN)
        page.get_by_role("button", name="Sign in").click()
        expect(page).to_have_url(f"{address}/evaluation")
        assert "not the token" not in page.content()
        assert [cookie["httpOnly"] for cookie in context.cookies()] == [True]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("token", ["", "wrong"])
def test_axe_finds_nothing_to_mend_in_the_page_to_sign_in(
    page: Page, scheme: Literal["light", "dark"], width: int, token: str
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/")
    if token:
        page.get_by_label("Token").fill(token)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_be_visible()
    expect_accessible(page)
