from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering import Assistant
from assistant.conversation.conversations import Conversations
from web import Limits, create_app
from web.limiting import MOST_ADDRESSES, WINDOW, AddressLimit

QUESTION = {"question": "Where did the council meet?"}


def admit_at(limit_per_minute: int, moments: list[float]) -> list[float]:
    """Return what a limit says to one address that asks at these moments."""
    clock = iter(moments)
    limit = AddressLimit(limit_per_minute, clock=lambda: next(clock))
    return [limit.admit("10.0.0.1") for _ in moments]


def test_a_question_too_many_waits_until_the_oldest_is_a_minute_old() -> None:
    moments = [100.0, 130.0, 140.0, 159.0, 160.0, 161.0, 190.0]
    assert admit_at(2, moments) == [0, 0, 20, 1, 0, 29, 0]


@given(
    st.integers(1, 4), st.lists(st.integers(0, 300), max_size=60).map(lambda times: sorted(times))
)
def test_no_minute_has_more_questions_than_the_limit(limit: int, times: list[int]) -> None:
    waits = admit_at(limit, [float(time) for time in times])
    admitted = [time for time, wait in zip(times, waits, strict=True) if wait == 0]
    assert all(sum(end - WINDOW < time <= end for time in admitted) <= limit for end in admitted)
    for time, wait in zip(times, waits, strict=True):
        asked = sum(time - WINDOW < before <= time for before in admitted)
        assert wait == 0 or (asked == limit and 0 < wait <= WINDOW)


def test_each_address_has_its_own_limit() -> None:
    limit = AddressLimit(1, clock=lambda: 0.0)
    assert [limit.admit(address) for address in ("a", "b", "a", "b")] == [0, 0, WINDOW, WINDOW]


def test_past_the_most_addresses_the_longest_silent_starts_afresh() -> None:
    limit = AddressLimit(1, clock=lambda: 0.0)
    for number in range(MOST_ADDRESSES):
        limit.admit(str(number))
    assert limit.admit("0") == WINDOW  # not silent any more
    assert limit.admit("another") == 0
    assert limit.admit("0") == WINDOW
    assert limit.admit("1") == 0


def test_threads_together_are_admitted_no_more_often_than_the_limit() -> None:
    clock = count()
    limit = AddressLimit(25, clock=lambda: next(clock) / 1e6)
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: limit.admit("a"), range(200)))
    assert waits.count(0) == 25


@pytest.fixture
def limited(assistant: Assistant, conversations: Conversations) -> Iterator[FlaskClient]:
    app = create_app(assistant, conversations, limits=Limits(questions_per_minute=2))
    with app.test_client() as client:
        yield client


def test_a_question_too_many_is_refused_with_the_time_to_wait(limited: FlaskClient) -> None:
    for _ in range(2):
        assert limited.post("/ask", json=QUESTION).status_code == 200
    response = limited.post("/ask", json=QUESTION)
    assert response.status_code == 429
    wait = int(response.headers["Retry-After"])
    assert 0 < wait <= WINDOW
    assert response.get_json()["error"] == {
        "code": "too_many_requests",
        "message": f"Too many questions in a minute: ask again in {wait} s.",
    }
    other = {"REMOTE_ADDR": "10.0.0.2"}
    assert limited.post("/ask", json=QUESTION, environ_overrides=other).status_code == 200


def test_only_questions_are_limited(limited: FlaskClient) -> None:
    foreign = {"Origin": "http://evil.example"}
    for _ in range(5):
        assert limited.get("/health").status_code == 200
        assert limited.get("/ask").status_code == 405
        assert limited.post("/nowhere", json=QUESTION).status_code == 404
        assert limited.options("/ask").status_code == 200
        assert limited.post("/ask", json=QUESTION, headers=foreign).status_code == 403
    assert limited.post("/ask", json=QUESTION).status_code == 200


def test_without_a_limit_nothing_is_refused(client: FlaskClient) -> None:
    statuses = {client.post("/ask", json=QUESTION).status_code for _ in range(30)}
    assert statuses == {200}
