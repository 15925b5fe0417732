from __future__ import annotations

from assistant.config import Settings
from web.limits import Limits


def test_limits_are_by_themselves_what_the_settings_are() -> None:
    settings = Settings()
    assert Limits() == Limits(
        largest_body=int(settings.max_request_kb * 1024),
        largest_file=int(settings.max_file_mb * 2**20),
        longest_question=settings.max_question_chars,
        questions_per_minute=settings.questions_per_minute,
        answering=settings.threads,
        queue=settings.queue,
        uploads=settings.uploads,
        connections=settings.connections,
    )
