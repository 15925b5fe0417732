"""What happens while files are indexed, told as it happens."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Found:
    """How much there is to do; each ``size`` of the events to come counts towards it."""

    files: int
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class Committed:
    """A file is in the index, durably."""

    path: str  # relative to its root, POSIX
    document_id: str
    sha256: str  # of the file's bytes
    generation: int
    size: int


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A file was read and is what the index holds already."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A file could not be indexed."""

    path: str
    reason: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file was passed over on purpose."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Removed:
    """A document is no longer in the index."""

    path: str
    document_id: str
    generation: int


@dataclass(frozen=True, slots=True)
class Done:
    """The run is over; how many files met which fate, and what the index now holds."""

    committed: int
    unchanged: int  # those that were not even read included
    failed: int
    skipped: int
    removed: int
    documents: int
    passages: int
    generation: int


Event = Found | Committed | Unchanged | Failed | Skipped | Removed | Done


def event_json(event: Event) -> dict[str, Any]:
    """Return an event as ``index --json`` writes it: its name, then its fields."""
    return {"event": type(event).__name__.lower(), **asdict(event)}
