"""How much is taken from clients."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.records import LONGEST_QUESTION


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken from clients; the rest is refused with 400, 413, 429 or 503."""

    largest_body: int = 128 * 1024  # of a request that sends no file, in bytes
    largest_file: int = 64 * 2**20  # in bytes
    longest_question: int = LONGEST_QUESTION  # in characters, and no more than this
    questions_per_minute: int = 0  # of one address; 0 for no limit
    answering: int = 4  # questions answered at once
    queue: int = 16  # questions that wait meanwhile
    uploads: int = 4  # files taken at once, indexed one after another
    connections: int = 256  # open at once; those beyond wait to be accepted


DEFAULT_LIMITS = Limits()

WAITING_FOR_PAGES = 16  # pages of a PDF, drawn one at a time: a browser asks for some at once
