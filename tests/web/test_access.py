from __future__ import annotations

from collections.abc import Iterator
from time import time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from assistant.answering import Assistant
from assistant.conversation.conversations import Conversations
from tests.web.reading import elements
from web import Visitors, access, create_app
from web.access import COOKIE, LIFETIME, TRIES_PER_MINUTE, Access

TOKEN = "the-token-of-these-tests_0123456789"
OTHER = "another-token-of-these-tests_987654"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
BROWSER = {"Accept": "text/html"}
QUESTION = {"question": "Where did the council meet?"}
OPEN = {"/health", "/ready", "/sign-in", "/static/base.css", "/static/icon.svg"}


class Kept:
    """A token that can be renewed."""

    def __init__(self) -> None:
        self.token = TOKEN

    def read(self) -> str:
        return self.token


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def app(assistant: Assistant, conversations: Conversations, kept: Kept) -> Flask:
    return create_app(assistant, conversations, visitors=Visitors(token=kept.read))


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


def sign_in(client: FlaskClient, token: str = TOKEN, **form: str) -> TestResponse:
    return client.post("/sign-in", data={"token": token, **form})


def cookie_of(response: TestResponse) -> tuple[str, set[str]]:
    """Return a cookie's value and what it is bound to."""
    first, *attributes = response.headers["Set-Cookie"].split("; ")
    assert first.startswith(f"{COOKIE}=")
    return first.removeprefix(f"{COOKIE}="), set(attributes)


def test_nothing_but_the_state_and_the_page_to_sign_in_is_open(
    app: Flask, client: FlaskClient
) -> None:
    asked = 0
    for rule in app.url_map.iter_rules():
        arguments = dict.fromkeys(rule.arguments, "1") | {"filename": "chat.js"}
        address = app.url_map.bind("localhost").build(
            rule.endpoint, {name: arguments[name] for name in rule.arguments}
        )
        for method in (rule.methods or set()) - ({"POST"} if address == "/sign-in" else set()):
            with client.open(address, method=method) as response:
                assert (response.status_code == 401) is (address not in OPEN), (method, address)
                asked += 1
    assert asked > 40


@pytest.mark.parametrize("address", ["/nowhere", "/static/nothing.js", "/documents/nothing"])
def test_what_exists_is_not_told_to_strangers(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer realm=documents"
    assert response.get_json()["error"]["code"] == "unauthorized"


@pytest.mark.parametrize("name", ["base.css", "icon.svg", "sign-in.css"])
def test_the_page_to_sign_in_has_its_files(client: FlaskClient, name: str) -> None:
    with client.get(f"/static/{name}") as response:
        assert response.status_code == 200


def test_a_program_is_let_in_with_the_token(client: FlaskClient) -> None:
    assert client.post("/ask", json=QUESTION, headers=BEARER).get_json()["answer"] == "Rome"
    assert client.get("/metrics", headers=BEARER).status_code == 200


@pytest.mark.parametrize(
    "given",
    [
        "Bearer",
        "Bearer ",
        "Bearer x",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Basic {TOKEN}",
        TOKEN,
        "Bearer \xfc\x80",
        f"Bearer {OTHER}",
    ],
)
def test_anything_else_lets_no_program_in(client: FlaskClient, given: str) -> None:
    assert client.get("/documents", headers={"Authorization": given}).status_code == 401


def test_the_health_told_to_strangers_is_but_the_state(client: FlaskClient) -> None:
    assert client.get("/health").get_json() == {"status": "ok"}
    assert client.get("/health", headers=BEARER).get_json()["documents"] == 3


def test_a_browser_is_shown_a_form_that_works_without_scripts(client: FlaskClient) -> None:
    response = client.get("/documents/a b?ranges=1-2", headers=BROWSER)
    assert response.status_code == 401
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert not elements(response.get_data(as_text=True), "script")
    (form,) = elements(response.get_data(as_text=True), "form")
    assert (form.get("method"), form.get("action")) == ("post", "/sign-in")
    fields = {field.get("name"): field for field in form.iter("input")}
    assert fields["next"].get("value") == "/documents/a%20b?ranges=1-2"
    assert fields["token"].get("type") == "password"
    (label,) = form.iter("label")
    assert label.get("for") == fields["token"].get("id")


def test_signing_in_leads_back_and_lets_the_browser_in(client: FlaskClient) -> None:
    response = sign_in(client, f" {TOKEN}\n", next="/documents?x=%2F1")
    assert (response.status_code, response.headers["Location"]) == (303, "/documents?x=%2F1")
    assert client.get("/documents").status_code == 200
    assert "Sign out" in client.get("/").get_data(as_text=True)
    assert client.get("/health").get_json()["documents"] == 3


def test_the_cookie_is_bound_and_does_not_hold_the_token(client: FlaskClient) -> None:
    value, attributes = cookie_of(sign_in(client))
    assert {"HttpOnly", "SameSite=Strict", "Path=/", f"Max-Age={LIFETIME}"} <= attributes
    assert "Secure" not in attributes
    assert TOKEN not in value


@pytest.mark.parametrize(
    "encrypted",
    [
        {"base_url": "https://localhost"},
        {"headers": {"X-Forwarded-Proto": "https"}},
    ],
)
def test_over_tls_the_cookie_is_sent_over_nothing_else(
    client: FlaskClient, encrypted: dict[str, object]
) -> None:
    response = client.post("/sign-in", data={"token": TOKEN}, **encrypted)
    assert "Secure" in cookie_of(response)[1]


@pytest.mark.parametrize(
    "foreign",
    ["http://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "evil", ""],
)
def test_signing_in_leads_to_no_other_site(client: FlaskClient, foreign: str) -> None:
    assert sign_in(client, next=foreign).headers["Location"] == "/"


@pytest.mark.parametrize("tricky", ["/\t/evil.example", "/\r\nSet-Cookie: a=b", "/a\\b"])
def test_no_character_of_an_address_is_taken_for_another(client: FlaskClient, tricky: str) -> None:
    location = sign_in(client, next=tricky).headers["Location"]
    assert location.startswith("/")
    assert not set(location) & set("\t\r\n\\ ")


def test_a_wrong_token_is_said_to_be_wrong_and_the_address_is_kept(client: FlaskClient) -> None:
    response = sign_in(client, OTHER, next="/documents")
    assert response.status_code == 401
    assert "Set-Cookie" not in response.headers
    page = response.get_data(as_text=True)
    (fault,) = (each for each in elements(page, "p") if each.get("role") == "alert")
    assert fault.text == "That is not the token."
    fields = {each.get("name"): each for each in elements(page, "input")}
    assert fields["next"].get("value") == "/documents"
    assert str(fault.get("id")) in str(fields["token"].get("aria-describedby")).split()
    assert OTHER not in page


def test_signing_out_forgets_the_cookie(client: FlaskClient) -> None:
    sign_in(client)
    assert client.post("/sign-out").status_code == 303
    assert client.get("/documents").status_code == 401


def test_a_renewed_token_ends_what_the_old_one_allowed(client: FlaskClient, kept: Kept) -> None:
    sign_in(client)
    kept.token = OTHER
    assert client.get("/documents").status_code == 401
    assert client.get("/documents", headers=BEARER).status_code == 401
    assert sign_in(client, OTHER).status_code == 303
    assert client.get("/documents").status_code == 200


def test_a_cookie_ends_and_cannot_be_made_to_last(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    value, _ = cookie_of(sign_in(client))
    expires, signature = value.split(".")
    for forged in (f"{int(expires) + 1}.{signature}", f"{expires}.", f".{signature}", "", ".", "x"):
        client.set_cookie(COOKIE, forged)
        assert client.get("/documents").status_code == 401
    client.set_cookie(COOKIE, value)
    assert client.get("/documents").status_code == 200
    now = time()
    monkeypatch.setattr(access, "time", lambda: now + LIFETIME + 2)
    assert client.get("/documents").status_code == 401


def test_who_guesses_is_slowed_down(client: FlaskClient) -> None:
    wrong = {"Authorization": f"Bearer {OTHER}"}
    for _ in range(TRIES_PER_MINUTE - 1):
        assert client.get("/documents", headers=wrong).status_code == 401
    assert client.get("/documents", headers=BEARER).status_code == 200
    assert sign_in(client, OTHER).status_code == 401
    response = client.get("/documents", headers=BEARER)
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 60
    assert sign_in(client).status_code == 429
    assert client.get("/health", headers=BEARER).get_json() == {"status": "ok"}
    other = {"REMOTE_ADDR": "10.0.0.2"}
    assert client.get("/documents", headers=BEARER, environ_overrides=other).status_code == 200


def test_who_is_signed_in_is_not_slowed_down_by_others_who_guess(client: FlaskClient) -> None:
    sign_in(client)
    for _ in range(TRIES_PER_MINUTE + 1):
        sign_in(client, OTHER)
    assert client.get("/documents").status_code == 200


def test_another_site_can_neither_sign_in_nor_out(client: FlaskClient) -> None:
    foreign = {"Origin": "http://evil.example"}
    assert client.post("/sign-in", data={"token": TOKEN}, headers=foreign).status_code == 403
    sign_in(client)
    assert client.post("/sign-out", headers=foreign).status_code == 403
    assert client.get("/documents").status_code == 200


def test_tokens_and_signatures_are_compared_in_constant_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(given: bytes, right: bytes) -> bool:
        compared.append((given, right))
        return False

    monkeypatch.setattr(access, "compare_digest", compare)
    guard = Access(lambda: TOKEN)
    assert not guard.holds_key(f"Bearer {TOKEN}", None)
    assert not guard.holds_key(None, f"{COOKIE}=1.x")
    assert [given for given, _ in compared] == [TOKEN.encode(), b"x"]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
def test_a_proxy_that_nobody_told_of_opens_no_loopback_server_to_the_world(
    assistant: Assistant, conversations: Conversations, header: str
) -> None:
    client = create_app(assistant, conversations).test_client()
    response = client.get("/documents", headers={header: "192.0.2.1"})
    assert response.status_code == 403
    assert "--require-token" in response.get_json()["error"]["message"]
    assert client.get("/health", headers={header: "192.0.2.1"}).get_json() == {"status": "ok"}
    assert client.get("/documents").status_code == 200


def test_behind_a_proxy_the_token_lets_in(client: FlaskClient) -> None:
    headers = {**BEARER, "X-Forwarded-For": "192.0.2.1"}
    assert client.get("/documents", headers=headers).status_code == 200
