"""The command line: parse, call, print."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant import display
from assistant.config import Settings, load_settings
from assistant.options import index_option, json_option, max_error_option
from index.errors import (
    AssistantError,
    ConfigurationError,
    IndexFolderError,
    IndexMissingError,
    TestSetError,
    UnknownDocumentError,
)

if TYPE_CHECKING:
    from assistant.evaluation.records import TestSet
    from index.embedding import Embedder
    from index.events import Event

_CALLERS_MISTAKES = (ConfigurationError, IndexMissingError, TestSetError, UnknownDocumentError)


def main() -> None:
    """Run the command line: exit with 0, with 2 on a mistake of the caller's, 1 on a failure."""
    logging.basicConfig(format="%(levelname)s: %(message)s", level=logging.WARNING)
    try:
        sys.exit(cli(standalone_mode=False))  # which returns the code of an Exit
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
        sys.exit(
            2 if isinstance(error, _CALLERS_MISTAKES) or type(error) is IndexFolderError else 1
        )
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
@index_option
@json_option
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

    from assistant.opening import open_embedder, open_store
    from index.ingest import IndexingSettings, index
    from index.watching import watch as follow

    missing = [str(path) for path in paths if not path.exists()]
    if len(missing) == len(paths) and not prune:
        raise ConfigurationError(f"no such file or folder: {', '.join(missing)}")
    settings = load_settings(flags)
    limits = IndexingSettings(max_bytes=int(settings.max_file_mb * 2**20), prune=prune)
    embedder = open_embedder(settings)
    with open_store(settings, embedder, create=True) as store:
        if watch:
            events = follow(store, paths, embedder=embedder, settings=limits, stop=Signal())
        else:
            events = index(store, paths, embedder=embedder, settings=limits)
        with suppress(KeyboardInterrupt) if watch else nullcontext():
            (_show_events_as_json if as_json else _show_events)(events)
    if missing and not prune:
        raise ConfigurationError(f"no such file or folder: {', '.join(missing)}")


@cli.command()
@click.argument("question")
@index_option
@json_option
@click.option("--top-k", type=click.IntRange(1, 50), default=5, help="Passages to show.")
@max_error_option
def ask(question: str, as_json: bool, top_k: int, max_error: float | None, **flags: Any) -> None:
    """Answer a question with a cited quote, or say that the documents don't."""
    from assistant.opening import open_assistant, open_embedder
    from assistant.records import LONGEST_QUESTION, Question

    question = question.encode(errors="surrogateescape").decode(errors="replace").strip()
    if not 0 < len(question) <= LONGEST_QUESTION:
        raise ConfigurationError(
            f"a question has 1 to {LONGEST_QUESTION} characters, as in: assistant ask 'Who signed?'"
        )
    settings = load_settings(flags)
    with open_assistant(settings, open_embedder(settings)) as assistant:
        answer = assistant.ask(Question(question, top_k=top_k, max_error=max_error))
    _show(answer.as_json(), display.answer(answer), as_json=as_json)


@cli.command()
@index_option
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=int, help="Port to listen on.  [default: 8000]")
def serve(**flags: Any) -> None:
    """Serve the chat page and the JSON interface."""
    from assistant.opening import open_assistant, open_embedder
    from assistant.records import Question
    from web import LOOPBACK, create_app
    from web.serving import bind

    settings = load_settings(flags)
    with open_assistant(settings, open_embedder(settings)) as assistant:
        named = settings.allowed_hosts.replace(",", " ").split()
        app = create_app(
            assistant,
            hosts=named or (LOOPBACK if settings.host in LOOPBACK else ()),
            largest_body=int(settings.max_request_kb * 1024),
            questions_per_minute=settings.questions_per_minute,
        )
        server = bind(app, host=settings.host, port=settings.port, threads=settings.threads)
        assistant.ask(Question("What is this about?"))  # loads the caches before the first visitor
        click.echo(f"Ask at {server.url} (stop with Ctrl-C)")
        signal.signal(signal.SIGTERM, lambda *_: server.stop())
        server.run()


@cli.command()
@index_option
@json_option
def status(as_json: bool, **flags: Any) -> None:
    """Say what the index holds."""
    from assistant.opening import open_store

    with open_store(load_settings(flags), None) as store, store.catalogue.reading() as rows:
        counts, state = rows.counts(), rows.state
        facts = {
            "documents": counts.documents,
            "passages": counts.passages,
            "embedded": counts.embedded,
            "generation": state.generation,
            "embedder": state.embedder,
            **{f"root {root.name}": str(root.path) for root in rows.roots()},
        }
    _show(facts, display.facts(facts), as_json=as_json)


@cli.command()
@index_option
@json_option
@click.option("--repair", is_flag=True, help="Make damaged caches anew.")
def doctor(as_json: bool, repair: bool, **flags: Any) -> None:
    """Check that the index is whole."""
    from assistant.opening import open_store

    with open_store(load_settings(flags), None) as store:
        if repair:
            with store.writing():
                store.repair()
        problems, notes = store.verify(), store.notes()
    lines = [*problems, *(f"note: {note}" for note in notes)]
    text = "\n".join(lines if problems else [*lines, "All is well."])
    _show({"problems": problems, "notes": notes}, text, as_json=as_json)
    if problems:
        raise click.exceptions.Exit(1)


@cli.command()
@click.argument("names", nargs=-1, required=True)
@index_option
def remove(names: tuple[str, ...], **flags: Any) -> None:
    """Remove documents, by path or id, or whole roots, by name.

    A removed document stays out of later runs until its file is named; a root comes back when it
    is indexed again.
    """
    from assistant.opening import open_store
    from index.ingest import remove as remove_from

    with open_store(load_settings(flags), None) as store:
        for event in chain.from_iterable(remove_from(store, name) for name in names):
            click.echo(f"removed {event.path}")


@cli.command()
@click.argument("test_set", metavar="TESTSET", type=click.Path(path_type=Path))
@index_option
@click.option(
    "--documents",
    type=click.Path(exists=True, path_type=Path),
    help="Ask over these files instead of an index.",
)
@click.option("--oracle", is_flag=True, help="Let each question see only its own document.")
@max_error_option
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the run there.")
def evaluate(test_set: Path, documents: Path | None, json_file: Path | None, **flags: Any) -> None:
    """Score answers and retrieval on a test set.

    TESTSET is JSON Lines ({"id", "question", "answers", "document"?} a line, no answers for what
    the documents don't say), SQuAD JSON, or a folder in BEIR form; its files may be gzipped. The
    last two bring their own documents, which are indexed for the run.
    """
    from tempfile import TemporaryDirectory

    from tqdm import tqdm

    from assistant.evaluation.results import summarise
    from assistant.evaluation.running import Examiner
    from assistant.evaluation.testsets import read_test_set
    from assistant.opening import open_assistant, open_embedder

    if json_file and not json_file.absolute().parent.is_dir():
        raise ConfigurationError(f"{json_file.parent}: no such folder to write the run to")
    how = {name: flags.pop(name) for name in ("oracle", "max_error")}
    settings, given = load_settings(flags), read_test_set(test_set)
    embedder = open_embedder(settings)
    with TemporaryDirectory() as folder:
        if documents or given.documents is not None:
            settings = replace(settings, index=Path(folder))
            _index_for_evaluation(settings, embedder, given, documents)
        with open_assistant(settings, embedder) as assistant:
            examiner = Examiner(given, assistant, **how)
            for name in sorted(examiner.missing_documents):
                click.echo(f"warning: {name} is not in the index", err=True)
            total = len(given.questions)
            results = list(tqdm(examiner.run(), total=total, disable=None, leave=False))
            evaluation = summarise(results, examiner.qrels, examiner.settings)
    if json_file:
        json_file.write_text(json.dumps(evaluation.as_json(), ensure_ascii=False), "utf-8")
    click.echo(display.evaluation(evaluation))


def _index_for_evaluation(
    settings: Settings, embedder: Embedder | None, given: TestSet, documents: Path | None
) -> None:
    from assistant.evaluation.corpus import index_corpus
    from assistant.opening import open_store
    from index.ingest import index

    with open_store(settings, embedder, create=True) as store:
        if documents:
            _show_events(index(store, [documents], embedder=embedder))
        else:
            _show_events(index_corpus(store, given.documents or (), embedder))


def _show_events_as_json(events: Iterator[Event]) -> None:
    from index.events import Found, event_json

    for event in events:
        if not isinstance(event, Found):
            _show(event_json(event), "", as_json=True)
            sys.stdout.flush()


def _show_events(events: Iterator[Event]) -> None:
    for line in display.progress(events):
        click.echo(line)


def _show(value: object, text: str, *, as_json: bool) -> None:
    click.echo(json.dumps(value, ensure_ascii=False) if as_json else text)
