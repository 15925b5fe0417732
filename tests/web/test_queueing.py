from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from threading import Event, Thread

import pytest
from flask import Flask
from werkzeug.exceptions import ServiceUnavailable

from assistant.answering import Assistant
from assistant.conversation.conversations import Conversations
from tests.waiting import wait_until
from tests.web.making import COUNCIL_ID
from tests.web.running import PATIENCE, WaitingReader, connect, get, running
from web import Limits, create_app
from web.current import served
from web.queueing import RETRY_AFTER, Queue
from web.serving import Server

QUESTION = {"question": "Where did the council meet?"}
EVENTS = "text/event-stream"


def test_no_more_than_so_many_are_in_and_one_more_than_may_wait_is_turned_away() -> None:
    queue = Queue(2, 1, fullness="Come again.")
    with ExitStack() as inside, ThreadPoolExecutor(1) as thread:
        for _ in range(2):
            inside.enter_context(queue.turn())
        entered, leaves = Event(), Event()

        def take_turn() -> None:
            with queue.turn():
                entered.set()
                leaves.wait(PATIENCE)

        waiting = thread.submit(take_turn)
        wait_until(lambda: queue.waiting == 1)
        assert (queue.inside, entered.is_set()) == (2, False)
        with pytest.raises(ServiceUnavailable, match="Come again") as refused, queue.turn():
            pass
        assert refused.value.retry_after == RETRY_AFTER
        inside.close()
        assert entered.wait(PATIENCE)
        assert (queue.inside, queue.waiting) == (1, 0)
        leaves.set()
        waiting.result(PATIENCE)
    assert queue.inside == 0


def test_turns_come_in_the_order_of_arrival() -> None:
    queue, order = Queue(1, 8, fullness=""), list[int]()

    def take_turn(number: int) -> None:
        with queue.turn():
            order.append(number)

    def waits(number: int) -> bool:
        return queue.waiting == number

    threads = [Thread(target=take_turn, args=(number,)) for number in range(8)]
    with queue.turn():
        for number, thread in enumerate(threads, start=1):
            thread.start()
            wait_until(partial(waits, number))
    for thread in threads:
        thread.join(PATIENCE)
    assert order == list(range(8))


def test_a_turn_that_fails_is_over() -> None:
    queue = Queue(1, 0, fullness="")
    for _ in range(3):
        with pytest.raises(KeyError), queue.turn():
            raise KeyError
    assert queue.inside == 0


@pytest.fixture
def app(assistant: Assistant, conversations: Conversations, reader: WaitingReader) -> Flask:
    limits = Limits(answering=1, queue=1)
    return create_app(Assistant(assistant.store, None, reader), conversations, limits=limits)


@pytest.fixture
def server(app: Flask, reader: WaitingReader) -> Iterator[Server]:
    with running(app) as server:
        yield server
        reader.goes_on.set()


def ask(server: Server, accept: str = "application/json") -> tuple[int, str, str | None]:
    """Ask over a connection of its own; return status, body and when to come again."""
    connection = connect(server)
    headers = {"Content-Type": "application/json", "Accept": accept}
    connection.request("POST", "/ask", json.dumps(QUESTION), headers)
    response = connection.getresponse()
    told = response.status, response.read().decode(), response.getheader("Retry-After")
    connection.close()
    return told


def fill(
    app: Flask, server: Server, reader: WaitingReader, pool: ThreadPoolExecutor, accept: str
) -> list[Future[tuple[int, str, str | None]]]:
    """Ask until one question is read and another waits."""
    asked = [pool.submit(ask, server, accept)]
    assert reader.begun.acquire(timeout=PATIENCE)
    asked.append(pool.submit(ask, server, accept))
    wait_until(lambda: served(app).questions.waiting == 1)
    return asked


@pytest.mark.parametrize("accept", ["application/json", EVENTS])
def test_a_full_queue_refuses_at_once_and_holds_nothing_else_up(
    app: Flask, server: Server, reader: WaitingReader, accept: str
) -> None:
    with ThreadPoolExecutor(2) as pool:
        asked = fill(app, server, reader, pool, accept)
        for one_too_many in ("application/json", EVENTS):
            status, body, again = ask(server, one_too_many)
            assert (status, again) == (503, str(RETRY_AFTER))
            assert json.loads(body)["error"]["code"] == "unavailable"
        for address in ("/", "/static/chat.js", "/documents", f"/documents/{COUNCIL_ID}"):
            assert get(server, address)[0] == 200
        status, told = get(server, "/metrics")
        assert "assistant_answering 1.0\nassistant_waiting 1.0" in "\n".join(
            line for line in told.decode().splitlines() if not line.startswith("#")
        )
        reader.goes_on.set()
        assert [future.result(PATIENCE)[0] for future in asked] == [200, 200]
    assert all('"answer":"Rome"' in future.result()[1] for future in asked)
    wait_until(lambda: served(app).questions.inside == 0)
    assert ask(server)[0] == 200


def test_a_client_that_leaves_gives_its_turn_back(
    app: Flask, server: Server, reader: WaitingReader
) -> None:
    connection = connect(server)
    headers = {"Content-Type": "application/json", "Accept": EVENTS}
    connection.request("POST", "/ask", json.dumps(QUESTION), headers)
    assert reader.begun.acquire(timeout=PATIENCE)
    connection.close()
    reader.goes_on.set()
    wait_until(lambda: served(app).questions.inside == 0)
    assert ask(server)[0] == 200


def test_a_question_that_is_refused_takes_no_turn(app: Flask) -> None:
    client = app.test_client()
    for _ in range(5):
        assert client.post("/ask", json={"question": ""}).status_code == 400
        assert client.post("/ask", json=QUESTION | {"documents": ["none"]}).status_code == 404
    assert served(app).questions.inside == 0


def test_a_question_over_the_configured_length_is_refused(
    assistant: Assistant, conversations: Conversations
) -> None:
    client = create_app(assistant, conversations, limits=Limits(longest_question=10)).test_client()
    assert client.post("/ask", json={"question": "q" * 10}).status_code == 200
    response = client.post("/ask", json={"question": "q" * 11})
    assert response.status_code == 400
    message = response.get_json()["error"]["message"]
    assert message == "question: At most 10 characters are answered"
