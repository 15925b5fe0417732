"""Whether questions should be sent here: not yet, now, or no longer."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """Where a server stands in its life."""

    STARTING = "starting"  # the models are still being loaded
    READY = "ready"
    STOPPING = "stopping"  # what has been asked is still answered


class Readiness:
    """The stage of one application, for all threads of a process.

    Attributes:
        stage: Set by whoever starts and stops it.
    """

    def __init__(self) -> None:
        self.stage = Stage.STARTING
