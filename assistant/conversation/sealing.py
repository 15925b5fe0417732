"""Replies as they are kept: a line of JSON, and one with its digest."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from index.errors import IndexDamagedError


def seal(reply: Mapping[str, Any]) -> str:
    """Return a reply as it is kept."""
    return _sealed(json.dumps(reply, ensure_ascii=False))


def unseal(kept: str) -> Mapping[str, Any]:
    """Return the reply that was kept.

    Raises:
        IndexDamagedError: It is not what it was.
    """
    with reading_kept():
        line = kept.partition("\n")[0]
        if kept not in (line, _sealed(line)):  # replies kept by format 2 have no digest
            raise ValueError("its digest is another")
        reply: Mapping[str, Any] = json.loads(line)
        return reply


@contextmanager
def reading_kept() -> Iterator[None]:
    """Take values that cannot be read for damage."""
    try:
        yield
    except (ValueError, TypeError, AttributeError):
        raise IndexDamagedError(
            "something in the conversations is not what was kept: delete the conversation that "
            "it belongs to, or restore them from a copy"
        ) from None  # the cause may quote what was kept, and this is logged


def _sealed(line: str) -> str:
    return f"{line}\n{sha256(line.encode(errors='replace')).hexdigest()}"
