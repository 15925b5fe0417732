"""Suggestions kept at hand: found in the background, anew when the index has changed."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from threading import Event, Lock, Thread
from time import monotonic

from assistant.answering import Assistant
from assistant.suggesting import Suggestion, suggest
from index.errors import AssistantError

_QUIET = 2.0  # seconds in which nobody must have asked anything
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What one generation of the index suggests."""

    questions: tuple[Suggestion, ...] = ()
    generation: int = 0
    pending: bool = False  # those of the present generation are still being found


class Suggester:
    """Finds suggestions in a thread of its own, and keeps the last.

    Args:
        assistant: Whose documents they are of, and who answers them.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._found: Suggestions | None = None
        self._thread: Thread | None = None
        self._lock = Lock()
        self._closed = Event()
        self._quiet_from = 0.0

    def suggestions(self) -> Suggestions:
        """Return the last suggestions at once; where the index has changed, begin to find new ones.

        Until they are found, those of before are returned, as pending.
        """
        generation = self._assistant.store.generation
        with self._lock:
            if self._found and self._found.generation == generation:
                return self._found
            if not self._closed.is_set() and not (self._thread and self._thread.is_alive()):
                self._thread = Thread(target=self._find, args=(generation,), name="suggestions")
                self._thread.start()
            return replace(self._found or Suggestions(), pending=True)

    def give_way(self) -> None:
        """Let whoever asks a question now, and soon after, go first."""
        self._quiet_from = monotonic() + _QUIET

    def close(self) -> None:
        """Stop looking, before the index is closed."""
        self._closed.set()
        if self._thread:
            self._thread.join()

    def _find(self, generation: int) -> None:
        questions: tuple[Suggestion, ...] = ()
        try:
            questions = suggest(self._assistant, may_go_on=self._may_go_on)
        except AssistantError as error:
            _logger.warning("no questions are suggested: %s", error)
        finally:
            with self._lock:
                self._found = Suggestions(questions, generation)

    def _may_go_on(self) -> bool:
        while (wait := self._quiet_from - monotonic()) > 0:
            self._closed.wait(wait)
            if self._closed.is_set():
                break
        return not self._closed.is_set()
