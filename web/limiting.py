"""How often one address may do something in a minute, such as ask."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from math import ceil
from threading import Lock
from time import monotonic

from flask import Flask, request
from werkzeug.exceptions import TooManyRequests

WINDOW = 60.0  # seconds
MOST_ADDRESSES = 10_000


class AddressLimit:
    """A sliding window over the requests of each address; safe to use from several threads.

    Memory is bounded: past 10,000 addresses within a minute, the longest silent starts afresh.

    Args:
        per_minute: Requests that one address may make within any minute, at least 1.
        clock: Seconds that never go back.
    """

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._made: OrderedDict[str, deque[float]] = OrderedDict()  # the longest silent first
        self._lock = Lock()

    def wait(self, address: str) -> float:
        """Return the seconds until the address may make another one; 0 if it may now."""
        with self._lock:
            times = self._made.get(address)
            if times is None or len(times) < self._per_minute:
                return 0.0
            return max(0.0, times[0] + WINDOW - self._clock())

    def admit(self, address: str) -> float:
        """Count a request, unless it is one too many.

        Returns:
            0 if it is admitted, or else the seconds until the address may make another one.
        """
        with self._lock:
            now = self._clock()
            times = self._made.pop(address, deque())
            while times and times[0] <= now - WINDOW:
                times.popleft()
            is_admitted = len(times) < self._per_minute
            if is_admitted:
                times.append(now)
            self._made[address] = times  # behind all others
            self._forget_silent(now)
            return 0.0 if is_admitted else times[0] + WINDOW - now

    def _forget_silent(self, now: float) -> None:
        while len(self._made) > MOST_ADDRESSES or self._longest_silent()[-1] <= now - WINDOW:
            self._made.popitem(last=False)

    def _longest_silent(self) -> deque[float]:
        return next(iter(self._made.values()))


def install(app: Flask, *, questions_per_minute: int) -> None:
    """Refuse the questions that an address asks beyond its limit, with 429 and Retry-After.

    The address is that of the connection: behind a proxy, all its visitors share one limit.
    """
    limit = AddressLimit(questions_per_minute)

    @app.before_request
    def _check() -> None:
        if request.endpoint != "api.ask" or request.method != "POST":
            return
        wait = ceil(limit.admit(request.remote_addr or ""))
        if wait:
            raise TooManyRequests(
                f"Too many questions in a minute: ask again in {wait} s.", retry_after=wait
            )
