"""What keeps other sites and other people's documents from acting in the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import BadRequest, Forbidden

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def install(app: Flask, *, hosts: Sequence[str]) -> None:
    """Refuse cross-site requests, and requests for another host name; set the headers.

    To whoever calls it by another name the server tells that it is well, and whether it is ready,
    but nothing else: what looks after it may know it by an address alone.

    Args:
        app: The application.
        hosts: Names that the server answers to, without port; empty means any. They stop a
            foreign page whose own name has been pointed at this machine (DNS rebinding).
    """
    names = frozenset(map(str.lower, hosts))

    @app.before_request
    def _check() -> Response | None:
        if names and urlsplit(f"//{request.host}").hostname not in names:
            if request.endpoint == "operating.health":  # which says more to those let in
                return jsonify(status="ok")
            if request.endpoint != "operating.ready":
                raise BadRequest("This server does not answer to the host name of the request.")
        if request.method not in SAFE_METHODS and _is_cross_site():
            raise Forbidden("Only the server's own pages may send this request.")
        return None

    @app.after_request
    def _protect(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-cache")
        return response


def _is_cross_site() -> bool:
    """Tell whether a browser sent this from another origin; programs send neither header."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and origin != request.host_url.rstrip("/")
