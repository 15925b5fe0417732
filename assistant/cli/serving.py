"""The command that serves, and what it does when it is told to stop or to reload."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import click

from assistant.config import Settings, load_settings
from assistant.options import index_option
from index.errors import AssistantError, CalibrationError

if TYPE_CHECKING:
    from assistant.answering import Assistant
    from assistant.conversation.conversations import Conversations
    from assistant.suggester import Suggester
    from web import Visitors
    from web.limits import Limits
    from web.serving import Server

_logger = logging.getLogger(__name__)
_TOLD_ONCE = (
    "Who comes here needs a token, which has been made: `assistant token` shows it.\n"
    "Let a proxy speak TLS in front, or the token can be read on its way; for example:\n"
    "  caddy reverse-proxy --from docs.example.org --to 127.0.0.1:{port}\n"
    "and here --host 127.0.0.1 --trusted-proxy 127.0.0.1 (see docs/operating.md)."
)


@click.command()
@index_option
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=int, help="Port to listen on.  [default: 8000]")
@click.option("--require-token", is_flag=True, default=None, help="Demand it on loopback too.")
@click.option(
    "--trusted-proxy",
    help="Address of a proxy in front, whose word on clients and TLS is taken; demands the token.",
)
def serve(**flags: Any) -> None:
    """Serve the chat page and the JSON interface.

    On any address but loopback a token is demanded; `assistant token` shows it.

    \b
    Limits, set in assistant.toml or the environment (ASSISTANT_QUEUE=32):
      threads               questions answered at a time            [4]
      queue                 that wait; one more gets 503            [16]
      uploads               files taken at a time                   [4]
      connections           open at a time                          [256]
      max_file_mb           the largest file                        [64]
      max_request_kb        the largest other request               [128]
      max_question_chars    the longest question                    [2000]
      questions_per_minute  of one client; 0 for no limit           [0]
    \b
    How it runs:
      allowed_hosts         names answered to, with commas          [loopback's, else any]
      grace_seconds         a stop waits so long for answers        [10]
      log_format            text or json                            [text]
      log_level             debug, info, warning or error           [info]
      log_questions         write what is asked into the log        [false]
    """  # noqa: D301 -- click reads the escape
    settings = load_settings(flags)
    signals = _note_signals()
    from assistant.opening import open_assistant, open_conversations, open_embedder
    from assistant.suggester import Suggester

    _begin_log(settings)
    with (
        open_assistant(settings, open_embedder(settings)) as assistant,
        closing(open_conversations(settings)) as conversations,
        closing(Suggester(assistant)) as suggester,
    ):
        server = _bind(settings, assistant, conversations, suggester)
        is_finished = _run(
            server,
            signals,
            begin=partial(_begin, settings, server, assistant, suggester),
            reload=partial(_reload, settings, assistant),
            grace=settings.grace_seconds,
        )
        if not is_finished:
            _logger.warning("answers that took longer than grace_seconds were cut off")
            logging.shutdown()
            os._exit(0)  # else leaving would wait for them; what is committed is safe


def _bind(
    settings: Settings, assistant: Assistant, conversations: Conversations, suggester: Suggester
) -> Server:
    from web import create_app
    from web.serving import bind

    app = create_app(
        assistant,
        conversations,
        visitors=_visitors(settings),
        limits=_limits(settings),
        suggester=suggester,
    )
    app.config["LOG_QUESTIONS"] = settings.log_questions
    return bind(app, host=settings.host, port=settings.port, trusted_proxy=settings.trusted_proxy)


def _run(
    server: Server,
    signals: SimpleQueue[int],
    *,
    begin: Callable[[], None],
    reload: Callable[[], None],
    grace: float,
) -> bool:
    """Answer until a signal says to stop; tell whether all answers were finished."""
    with ThreadPoolExecutor(1, "server") as threads:
        running = threads.submit(server.run)
        running.add_done_callback(lambda _: signals.put(signal.SIGTERM))
        try:
            begin()
            while signals.get() == signal.SIGHUP:
                reload()
        finally:
            server.stop(grace)
        return running.result()


def _note_signals() -> SimpleQueue[int]:
    """Put signals into a queue, to be obeyed in turn; a second one that stops does so at once."""
    noted: SimpleQueue[int] = SimpleQueue()
    stops = signal.SIGTERM, signal.SIGINT

    def note(number: int, _: object) -> None:
        if number in stops:
            for each in stops:
                signal.signal(each, lambda number, _: os._exit(128 + number))
        noted.put(number)

    for each in (*stops, signal.SIGHUP):
        signal.signal(each, note)
    return noted


def _begin_log(settings: Settings) -> None:
    from web.logs import make_handler

    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    handler = make_handler(settings.log_format)
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler], force=True)
    for name in ("assistant", "index", "web"):  # others have less to say
        logging.getLogger(name).setLevel(level)


def _visitors(settings: Settings) -> Visitors:
    from assistant.tokens import ensure_token, read_token
    from web import LOOPBACK, Visitors

    hosts = settings.allowed_hosts.replace(",", " ").split()
    is_behind_a_proxy = settings.require_token or settings.trusted_proxy
    if settings.host in LOOPBACK and not is_behind_a_proxy:
        return Visitors(hosts or LOOPBACK)
    _, is_new = ensure_token(settings.index)
    if is_new:
        click.echo(_TOLD_ONCE.format(port=settings.port), err=True)
    return Visitors(hosts, partial(read_token, settings.index))


def _limits(settings: Settings) -> Limits:
    from web.limits import Limits

    return Limits(
        largest_body=int(settings.max_request_kb * 1024),
        largest_file=int(settings.max_file_mb * 2**20),
        longest_question=settings.max_question_chars,
        questions_per_minute=settings.questions_per_minute,
        answering=settings.threads,
        queue=settings.queue,
        uploads=settings.uploads,
        connections=settings.connections,
    )


def _begin(settings: Settings, server: Server, assistant: Assistant, suggester: Suggester) -> None:
    """Mend uploads, load the caches and the models before the first visitor asks, and say so."""
    from assistant.records import Question
    from index.library import Library
    from web.readiness import Stage

    library = Library(assistant.store, assistant.embedder, max_bytes=_limits(settings).largest_file)
    try:
        library.recover()
    except (AssistantError, OSError) as error:
        _logger.warning("files that were added before were not looked through: %s", error)
    assistant.ask(Question("What is this about?"))
    suggester.suggestions()  # begins to find them
    server.readiness.stage = Stage.READY
    click.echo(f"Ask at {server.url} (stop with Ctrl-C)")


def _reload(settings: Settings, assistant: Assistant) -> None:
    """Take the calibration as it is now; what is committed to the index is seen without this."""
    from assistant.opening import load_calibration

    try:
        assistant.calibration = load_calibration(settings, assistant.reader.name)
    except CalibrationError as error:
        _logger.error("not reloaded, the one before stays: %s", error)
    else:
        _logger.info("the calibration was reloaded")
