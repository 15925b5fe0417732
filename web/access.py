"""Who is let in: whoever holds the token, or a browser that was signed in with it."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from hmac import HMAC, compare_digest
from math import ceil
from time import time
from urllib.parse import quote

from flask import Blueprint, Flask, Response, current_app, g, render_template, request
from werkzeug.datastructures import Authorization, WWWAuthenticate
from werkzeug.exceptions import Forbidden, TooManyRequests, Unauthorized
from werkzeug.http import parse_cookie

from web.current import prefers_page
from web.limiting import AddressLimit

COOKIE = "assistant"
TRIES_PER_MINUTE = 10  # of one address, with a wrong token
LIFETIME = 30 * 24 * 3600  # seconds that a browser stays signed in
_OPEN = frozenset({"operating.health", "operating.ready", "access.sign_in"})
_OPEN_FILES = frozenset({"base.css", "icon.svg", "sign-in.css"})  # of the page that signs in
_CHALLENGE = WWWAuthenticate("bearer", {"realm": "documents"})
_WRONG = "That is not the token."
_EXTENSION = "access"
access = Blueprint("access", __name__)


class Access:
    """Compares what clients send with the token.

    Args:
        token: Reads it: another one ends what the one before allowed.
    """

    def __init__(self, token: Callable[[], str]) -> None:
        self._token = token
        self._failures = AddressLimit(TRIES_PER_MINUTE)

    def holds_key(self, authorization: str | None, cookie: str | None) -> bool:
        """Tell whether the headers of these names let a request in."""
        given = Authorization.from_header(authorization)
        if given is not None and given.type == "bearer":
            return self.is_token(given.token or "")
        return self._is_signed(parse_cookie(cookie).get(COOKIE, ""))

    def is_token(self, given: str) -> bool:
        """Compare in a time that does not tell how much of it is right."""
        return compare_digest(given.encode(errors="replace"), self._token().encode())

    def try_token(self, given: str, address: str) -> bool:
        """Compare, as seldom as an address that fails may.

        Raises:
            TooManyRequests: It has failed too often within a minute.
        """
        if wait := ceil(self._failures.wait(address)):
            raise TooManyRequests(
                f"Too many wrong tokens: try again in {wait} s.", retry_after=wait
            )
        if self.is_token(given):
            return True
        self._failures.admit(address)
        return False

    def cookie(self) -> str:
        """Make what a browser is given to stay signed in with."""
        expires = str(int(time()) + LIFETIME)
        return f"{expires}.{self._signature(expires)}"

    def _is_signed(self, value: str) -> bool:
        expires, _, signature = value.partition(".")
        is_ours = compare_digest(
            signature.encode(errors="replace"), self._signature(expires).encode()
        )
        return is_ours and int(expires) > time()

    def _signature(self, expires: str) -> str:
        signed = f"signed in until {expires}".encode(errors="replace")
        return HMAC(self._token().encode(), signed, sha256).hexdigest()


def install(app: Flask, *, token: Callable[[], str] | None) -> None:
    """Let in who holds the token, or everybody where there is none.

    ``g.is_let_in`` tells the open addresses which it is.
    """
    if token is None:
        app.before_request(_let_in_unless_relayed)
        return
    app.extensions[_EXTENSION] = Access(token)
    app.register_blueprint(access)
    app.before_request(_check)


def of(app: Flask) -> Access | None:
    """Return what lets requests of an application in; None where everybody is."""
    found: Access | None = app.extensions.get(_EXTENSION)
    return found


def _let_in_unless_relayed() -> None:
    """Let everybody in, but not the whole world through a proxy that nobody was told of."""
    g.is_let_in = not ("X-Forwarded-For" in request.headers or "Forwarded" in request.headers)
    if not g.is_let_in and request.endpoint not in _OPEN:
        raise Forbidden(
            "A proxy passed this on: start the server with --require-token, "
            "or let the proxy send no X-Forwarded-For."
        )


def _check() -> Response | None:
    is_open = request.endpoint in _OPEN or (
        request.endpoint == "static" and (request.view_args or {})["filename"] in _OPEN_FILES
    )
    try:
        g.is_let_in = _holds_key()
    except TooManyRequests:
        g.is_let_in = False
        if not is_open:
            raise
    if g.is_let_in or is_open:
        return None
    if prefers_page():
        return _page("", 401)
    raise Unauthorized(
        "Send the token as 'Authorization: Bearer TOKEN'; in a browser, reload the page.",
        www_authenticate=_CHALLENGE,
    )


def _holds_key() -> bool:
    found = _of_app()
    given = request.authorization
    if given is not None and given.type == "bearer":
        return found.try_token(given.token or "", request.remote_addr or "")
    return found.holds_key(None, request.headers.get("Cookie"))


@access.post("/sign-in")
def sign_in() -> Response:
    """Sign a browser in that sends the token."""
    try:
        is_right = _of_app().try_token(
            request.form.get("token", "").strip(), request.remote_addr or ""
        )
    except TooManyRequests as error:
        response = _page(error.description or "", 429)
        response.headers["Retry-After"] = str(error.retry_after)
        return response
    if not is_right:
        return _page(_WRONG, 401)
    response = _to(request.form.get("next", ""))
    response.set_cookie(
        COOKIE,
        _of_app().cookie(),
        max_age=LIFETIME,
        secure=_is_encrypted(),
        httponly=True,
        samesite="Strict",
    )
    return response


@access.post("/sign-out")
def sign_out() -> Response:
    """Sign the browser out."""
    response = _to("/")
    response.delete_cookie(COOKIE, httponly=True, samesite="Strict", secure=_is_encrypted())
    return response


@access.app_context_processor
def _describe() -> dict[str, object]:
    """Let the pages offer to sign out."""
    return {"is_signed_in": COOKIE in request.cookies}


def _of_app() -> Access:
    found = of(current_app)
    assert found is not None, "the blueprint is registered with it"  # noqa: S101
    return found


def _is_encrypted() -> bool:
    """Tell whether the browser came by TLS.

    Whoever claims it falsely is only given a cookie that their browser will not send.
    """
    return request.is_secure or request.headers.get("X-Forwarded-Proto") == "https"


def _page(message: str, status: int) -> Response:
    if request.endpoint == "access.sign_in":
        address = request.form.get("next", "")
    else:
        query = request.query_string.decode("latin-1")
        address = f"{quote(request.path)}?{query}" if request.method == "GET" else "/"
    page = render_template("sign_in.html", message=message, next=_own(address))
    headers = {"Cache-Control": "no-store"}
    if status == 401:
        headers["WWW-Authenticate"] = _CHALLENGE.to_header()
    return Response(page, status, headers=headers)


def _to(address: str) -> Response:
    return Response(status=303, headers={"Location": _own(address), "Cache-Control": "no-store"})


def _own(address: str) -> str:
    """Return an address on this server, written so that no browser takes it for another one's."""
    if not address.startswith("/") or address.startswith(("//", "/\\")):
        return "/"
    return quote(address.removesuffix("?"), safe="/?&=%,:@~")
