"""Wait for what another thread or process does."""

from __future__ import annotations

import time
from collections.abc import Callable

_PATIENCE = 60.0  # seconds: another machine may be slow, and who is done waits no longer


def wait_until(is_so: Callable[[], object], complaint: str = "") -> None:
    """Wait until a function returns something true."""
    until = time.monotonic() + _PATIENCE
    while not is_so():
        assert time.monotonic() < until, complaint
        time.sleep(0.01)
