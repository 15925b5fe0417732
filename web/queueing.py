"""A bounded queue: so many are served at once, so many wait, and one more is turned away."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from werkzeug.exceptions import ServiceUnavailable

RETRY_AFTER = 2  # seconds


class Queue:
    """Lets threads in by turns, in the order in which they came.

    Args:
        at_once: How many are in at once, at least 1.
        waiting: How many wait meanwhile, at least 0.
        fullness: What one more is told.
    """

    def __init__(self, at_once: int, waiting: int, *, fullness: str) -> None:
        self._at_once = at_once
        self._most_waiting = waiting
        self._fullness = fullness
        self._turn = Condition()
        self._waiting: deque[object] = deque()  # the first to come first
        self._inside = 0

    @property
    def inside(self) -> int:
        """How many are in."""
        return self._inside

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and hold it.

        Raises:
            ServiceUnavailable: As many wait as may: this is said at once.
        """
        with self._turn:
            if self._inside + len(self._waiting) >= self._at_once + self._most_waiting:
                raise ServiceUnavailable(self._fullness, retry_after=RETRY_AFTER)
            self._waiting.append(ticket := object())
            self._turn.wait_for(lambda: self._waiting[0] is ticket and self._has_room())
            self._waiting.popleft()
            self._inside += 1
            self._turn.notify_all()
        try:
            yield
        finally:
            with self._turn:
                self._inside -= 1
                self._turn.notify_all()

    def _has_room(self) -> bool:
        return self._inside < self._at_once
