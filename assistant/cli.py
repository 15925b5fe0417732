"""The command line: parse, call, print."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant import display
from assistant.config import Settings, load_settings
from index.errors import (
    AssistantError,
    ConfigurationError,
    EmbedderError,
    IndexMissingError,
    TestSetError,
    UnknownDocumentError,
)

if TYPE_CHECKING:
    from assistant.answering import Assistant
    from index.embedding import Embedder
    from index.events import Event
    from index.store import Store

_CALLERS_MISTAKES = (ConfigurationError, IndexMissingError, TestSetError, UnknownDocumentError)

_index_option = click.option(
    "--index",
    "index",
    type=click.Path(path_type=Path),
    help="The index folder.  [default: .assistant]",
)
_json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON for programs.")


def main() -> None:
    """Run the command line: exit with 0, with 2 on a mistake of the caller's, 1 on a failure."""
    try:
        cli(standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit("stopped")
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except AssistantError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2 if isinstance(error, _CALLERS_MISTAKES) else 1)
    except (OSError, MemoryError) as error:
        click.echo(f"error: {error or 'out of memory'}", err=True)
        sys.exit(1)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="document-assistant")
def cli() -> None:
    """Answer questions from a folder of documents, in the documents' own words.

    \b
    Start with:
      assistant index ~/Documents/reports
      assistant ask "When was the treaty signed?"
      assistant serve
    """  # noqa: D301 -- click reads the escape


@cli.command("index")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@_index_option
@_json_option
@click.option("--watch", is_flag=True, help="Stay, and index again whatever changes.")
@click.option("--prune", is_flag=True, help="Also forget what a missing or empty folder held.")
@click.option("--max-file-mb", type=float, help="Skip larger files.  [default: 64]")
def index_command(
    paths: tuple[Path, ...], as_json: bool, watch: bool, prune: bool, **flags: Any
) -> None:
    """Index files and folders; what has not changed is skipped.

    Reads plain text, Markdown, HTML, PDF, DOCX, EPUB and CSV. Files that cannot be read are named
    at the end, and the rest is indexed. An interrupted run goes on where it stopped.
    """
    from threading import Event as Signal

    from index.ingest import IndexingSettings, index
    from index.watching import watch as follow

    settings = load_settings(flags)
    limits = IndexingSettings(max_bytes=int(settings.max_file_mb * 2**20), prune=prune)
    embedder = _embedder(settings)
    with _store(settings, embedder, create=True) as store:
        if watch:
            events = follow(store, paths, embedder=embedder, settings=limits, stop=Signal())
        else:
            events = index(store, paths, embedder=embedder, settings=limits)
        show = _show_events_as_json if as_json else _show_events
        show(events)
    missing = [str(path) for path in paths if not path.exists()]
    if missing and not prune:
        raise ConfigurationError(f"no such file or folder: {', '.join(missing)}")


@cli.command()
@click.argument("question")
@_index_option
@_json_option
@click.option("--top-k", type=click.IntRange(1, 50), default=5, help="Passages to show.")
@click.option(
    "--max-error",
    type=click.FloatRange(0, 1),
    help="Accepted probability of a wrong answer; 1 always answers.  [default: 0.5]",
)
def ask(question: str, as_json: bool, top_k: int, max_error: float | None, **flags: Any) -> None:
    """Answer a question with a cited quote, or say that the documents don't."""
    from assistant.records import Question

    if not question.strip():
        raise ConfigurationError('the question is empty: try assistant ask "Who signed it?"')
    with _assistant(load_settings(flags)) as assistant:
        answer = assistant.ask(Question(question.strip(), top_k=top_k, max_error=max_error))
    if as_json:
        _echo_json(answer.as_json())
    else:
        click.echo(display.answer(answer))


@cli.command()
@_index_option
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=int, help="Port to listen on.  [default: 8000]")
def serve(**flags: Any) -> None:
    """Serve the chat page and the JSON interface."""
    from assistant.records import Question
    from web import LOOPBACK, create_app
    from web.serving import bind

    settings = load_settings(flags)
    with _assistant(settings) as assistant:
        hosts = LOOPBACK if settings.host in LOOPBACK else ()
        largest_body = int(settings.max_request_kb * 1024)
        app = create_app(assistant, hosts=hosts, largest_body=largest_body)
        server = bind(app, host=settings.host, port=settings.port, threads=settings.threads)
        assistant.ask(Question("What is this about?"))  # loads the models before the first visitor
        click.echo(f"Ask at {server.url} (stop with Ctrl-C)")
        server.run()


@cli.command()
@_index_option
@_json_option
def status(as_json: bool, **flags: Any) -> None:
    """Say what the index holds."""
    settings = load_settings(flags)
    with _store(settings, None) as store, store.catalogue.reading() as rows:
        counts, state = rows.counts(), rows.state
        facts = {
            "documents": counts.documents,
            "passages": counts.passages,
            "embedded": counts.embedded,
            "generation": state.generation,
            "embedder": state.embedder,
            "roots": {root.name: str(root.path) for root in rows.roots()},
        }
    if as_json:
        _echo_json(facts)
    else:
        click.echo(display.facts(facts))


@cli.command()
@_index_option
@_json_option
@click.option("--repair", is_flag=True, help="Make damaged caches anew.")
def doctor(as_json: bool, repair: bool, **flags: Any) -> None:
    """Check that the index is whole."""
    settings = load_settings(flags)
    with _store(settings, None) as store:
        if repair:
            with store.writing():
                store.repair()
        problems = store.verify()
    if as_json:
        _echo_json({"problems": list(problems)})
    else:
        click.echo("\n".join(problems) or "All is well.")
    if problems:
        raise click.exceptions.Exit(1)


@cli.command()
@click.argument("names", nargs=-1, required=True)
@_index_option
def remove(names: tuple[str, ...], **flags: Any) -> None:
    """Remove documents (by path or id) or whole roots; they stay out of later runs."""
    from index.ingest import remove as remove_from

    with _store(load_settings(flags), None) as store:
        for name in names:
            for event in remove_from(store, name):
                click.echo(f"removed {event.path}")


def _embedder(settings: Settings) -> Embedder | None:
    """Load the embedder; without one the assistant goes on with keywords."""
    from index.embedding import load_embedder

    try:
        return load_embedder(settings.embedder or None)
    except EmbedderError as error:
        click.echo(f"warning: {error}; searching by keywords alone", err=True)
        return None


def _store(settings: Settings, embedder: Embedder | None, *, create: bool = False) -> Store:
    from index.store import Store

    name = embedder.name if embedder else None
    return Store.open(settings.index, embedder_name=name, create=create)


@contextmanager
def _assistant(settings: Settings) -> Iterator[Assistant]:
    from assistant.answering import Assistant
    from assistant.reader.sentences import SentenceReader

    embedder = _embedder(settings)
    with _store(settings, embedder) as store:
        yield Assistant(store, embedder, SentenceReader(embedder))


def _show_events_as_json(events: Iterator[Event]) -> None:
    from index.events import Found, event_json

    for event in events:
        if not isinstance(event, Found):
            _echo_json(event_json(event))
            sys.stdout.flush()


def _show_events(events: Iterator[Event]) -> None:
    """Draw a progress bar, and name what was not indexed below it."""
    from tqdm import tqdm

    from index.events import Done, Failed, Found, Skipped

    bar = tqdm(unit="B", unit_scale=True, unit_divisor=1024, disable=None, leave=False)
    notes = []
    for event in events:
        if isinstance(event, Found):
            bar.reset(total=event.size)
        elif isinstance(event, Failed | Skipped):
            kind = "failed" if isinstance(event, Failed) else "skipped"
            notes.append(f"{kind}: {event.path}: {event.reason}")
        elif isinstance(event, Done):
            bar.clear()
            for note in notes:
                click.echo(note, err=True)
            notes.clear()
            click.echo(display.done(event))
            if not event.documents:
                click.echo("warning: the index is empty", err=True)
        bar.update(getattr(event, "size", 0) if not isinstance(event, Found) else 0)
    bar.close()


def _echo_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False))
