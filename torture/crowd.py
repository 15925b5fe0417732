"""Many clients at once on the real server: all are answered under its limit, some refused over it.

Whoever is refused is told so at once, and the server is itself again when the crowd has gone.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from assistant.testsets.reading import read_test_set
from torture.tally import Tally

_CLIENTS = 32
_ANSWERING = 4  # at a time; the other clients wait
_TIMES_TOO_MANY = 4
_OVERLOADED = 1 / 8  # of the first crowd's time
_PATIENCE = 60.0  # seconds for an answer
_AT_ONCE = 1.0  # seconds that half of the refusals take at most
_RECOVERED = 5.0  # seconds after the crowd has gone
_BACK_OFF = 0.2  # seconds that a client rests that was refused
_DOCUMENTS, _QUESTIONS = Path("documents"), Path("tests/data/documents.jsonl")
_PROGRAM = "from assistant.cli import main; main()"


class Reply(NamedTuple):
    """What a client got: a status, 0 for none at all, and when it had asked and had it."""

    status: int
    begun: float
    ended: float
    retry_after: str  # the header; "" where there was none

    @property
    def seconds(self) -> float:
        """How long it waited."""
        return self.ended - self.begun


def run(*, seed: int, minutes: float = 2.0) -> bool:
    """Ask as many questions at once as may wait, then four times as many, then one.

    Args:
        seed: Which questions are asked.
        minutes: How long the first crowd stays.
    """
    tally, chance = Tally("crowd", seed), Random(seed)
    asked = [question.text for question in read_test_set(_QUESTIONS).questions]
    with _served() as address:
        _ask(address, asked[0])
        within = _crowd(address, asked, chance, clients=_CLIENTS, minutes=minutes)
        _count(tally, within, f"of {_CLIENTS} clients at once")
        tally.broken("under the limit", _others(within, {200}))
        too_many = _CLIENTS * _TIMES_TOO_MANY
        beyond = _crowd(address, asked, chance, clients=too_many, minutes=_OVERLOADED * minutes)
        _count(tally, beyond, f"of {too_many}")
        tally.broken("over the limit", [*_others(beyond, {200, 503}), *unkindness(beyond)])
        after = _ask(address, asked[0])
        tally.counts["ms for one alone afterwards"] = round(1000 * after.seconds)
        if after.status != 200 or after.seconds > _RECOVERED:
            tally.broken("afterwards", [f"{after.status} after {after.seconds:.1f} s"])
    return tally.close()


@contextmanager
def _served() -> Iterator[str]:
    """Index the sample corpus, serve it as a person would, and yield the address of ``/ask``."""
    with TemporaryDirectory() as folder:
        own = {"ASSISTANT_QUEUE": str(_CLIENTS - _ANSWERING), "ASSISTANT_LOG_LEVEL": "error"}
        environment = {**os.environ, **own, "ASSISTANT_THREADS": str(_ANSWERING)}
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
            environment.pop(name, None)  # which is set for what forks
        command = [sys.executable, "-c", _PROGRAM]
        at = ["--index", folder]
        indexing = [*command, "index", str(_DOCUMENTS), *at]
        subprocess.run(indexing, env=environment, capture_output=True, check=True)
        serving = [*command, "serve", "--port", "0", *at]
        with subprocess.Popen(
            serving, env=environment, stdout=subprocess.PIPE, text=True
        ) as server:
            assert server.stdout is not None
            told = server.stdout.readline()  # "Ask at http://127.0.0.1:PORT/ (stop with Ctrl-C)"
            try:
                yield told.split()[2] + "ask"
            finally:
                server.send_signal(signal.SIGTERM)


def _crowd(
    address: str, asked: Sequence[str], chance: Random, *, clients: int, minutes: float
) -> list[Reply]:
    """Let clients ask one question after another, each by itself."""
    until = monotonic() + 60 * minutes
    seeds = [chance.random() for _ in range(clients)]

    def go_on(seed: float) -> list[Reply]:
        own, replies = Random(seed), []
        while monotonic() < until:
            replies.append(_ask(address, own.choice(asked)))
            if replies[-1].status == 503:
                sleep(_BACK_OFF)
        return replies

    with ThreadPoolExecutor(clients) as threads:
        return [reply for replies in threads.map(go_on, seeds) for reply in replies]


def _ask(address: str, question: str) -> Reply:
    body = json.dumps({"question": question}).encode()
    request = Request(address, body, {"Content-Type": "application/json"})
    begun = monotonic()
    try:
        with urlopen(request, timeout=_PATIENCE) as reply:
            reply.read()
            status, headers = reply.status, reply.headers
    except HTTPError as error:
        status, headers = error.code, error.headers
    except OSError:
        status, headers = 0, {}
    return Reply(status, begun, monotonic(), headers.get("Retry-After", ""))


def _count(tally: Tally, replies: Sequence[Reply], crowd: str) -> None:
    answered = [reply.seconds for reply in replies if reply.status == 200]
    refused = [reply.seconds for reply in replies if reply.status == 503]
    seconds = max(reply.ended for reply in replies) - min(reply.begun for reply in replies)
    tally.counts[f"answers {crowd}"] = len(answered)
    tally.counts[f"refusals {crowd}"] = len(refused)
    tally.counts[f"answers in 10 s {crowd}"] = round(10 * len(answered) / seconds)
    if len(answered) > 1:
        tally.counts[f"ms at the median {crowd}"] = round(1000 * median(answered))
        tally.counts[f"ms for 99 in 100 {crowd}"] = round(1000 * quantiles(answered, n=100)[98])
    if refused:
        tally.counts[f"ms at the median to refuse one {crowd}"] = round(1000 * median(refused))


def _others(replies: Sequence[Reply], allowed: set[int]) -> list[str]:
    others = Counter(reply.status for reply in replies if reply.status not in allowed)
    return [f"{count} replies with status {status or 'none'}" for status, count in others.items()]


def unkindness(replies: Sequence[Reply]) -> Iterator[str]:
    """Yield what is wrong with how clients over the limit were refused."""
    refused = [reply for reply in replies if reply.status == 503]
    if not refused:
        yield "nobody was refused"
        return
    if silent := sum(not reply.retry_after.isdecimal() for reply in refused):
        yield f"{silent} refusals did not say when to come back"
    if (seconds := median(reply.seconds for reply in refused)) > _AT_ONCE:
        yield f"half of the refusals took more than {seconds:.1f} s"
