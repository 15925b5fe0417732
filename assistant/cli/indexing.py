"""Commands that look after an index: index, status, doctor, recount and remove."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant import display
from assistant.cli.showing import show, show_events
from assistant.config import load_settings
from assistant.options import index_option, json_option
from index.errors import ConfigurationError

if TYPE_CHECKING:
    from index.events import Event
    from index.store import Store


@click.command("index")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@index_option
@json_option
@click.option("--watch", is_flag=True, help="Stay, and index again whatever changes.")
@click.option("--prune", is_flag=True, help="Also forget what a missing or empty folder held.")
@click.option("--max-file-mb", type=float, help="Skip larger files.  [default: 64]")
@click.option("--processes", type=int, help="Read and embed with so many processes.  [default: 1]")
@click.option("--dask", metavar="ADDRESS", help="Read and embed with the workers of this cluster.")
def index_command(
    paths: tuple[Path, ...], as_json: bool, watch: bool, prune: bool, **flags: Any
) -> None:
    """Index files and folders; what has not changed is skipped.

    Reads plain text, Markdown, HTML, PDF, DOCX, EPUB and CSV. Files that cannot be read are named
    at the end, and the rest is indexed. An interrupted run goes on where it stopped.
    """
    from threading import Event as Signal

    from assistant.opening import choose_crew, open_embedder, open_store
    from index.ingest import IndexingSettings, index
    from index.watching import watch as follow

    missing = [str(path) for path in paths if not path.exists()]
    if len(missing) == len(paths) and not prune:
        raise ConfigurationError(f"no such file or folder: {', '.join(missing)}")
    settings = load_settings(flags)
    limits = IndexingSettings(
        int(settings.max_file_mb * 2**20), prune=prune, hire=choose_crew(settings)
    )
    embedder = open_embedder(settings)
    with open_store(settings, embedder, create=True) as store:
        if watch:
            events = follow(store, paths, embedder=embedder, settings=limits, stop=Signal())
        else:
            events = index(store, paths, embedder=embedder, settings=limits)
        with suppress(KeyboardInterrupt) if watch else nullcontext():
            (_show_events_as_json if as_json else show_events)(events)
    if missing and not prune:
        raise ConfigurationError(f"no such file or folder: {', '.join(missing)}")


@click.command()
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
            "search": store.searched_in,
            **_unfinished(store),
            **{f"root {root.name}": str(root.path) for root in rows.roots()},
        }
    show(facts, display.facts(facts), as_json=as_json)


@click.command()
@index_option
@json_option
@click.option("--repair", is_flag=True, help="Restore what can be, and say what cannot.")
def doctor(as_json: bool, repair: bool, **flags: Any) -> None:
    """Check that the index is whole, and each document still what its file is."""
    from assistant.diagnosis import examine
    from assistant.opening import searches
    from index.store.mending import mend

    settings = load_settings(flags)
    kept = searches(settings)
    repaired = mend(settings.index, settings.catalogue, searches=kept) if repair else []
    problems, notes = examine(settings.index, settings.catalogue, searches=kept)
    lines = [*repaired, *problems, *(f"note: {note}" for note in notes)]
    text = "\n".join(lines if problems else [*lines, "All is well."])
    show({"repaired": repaired, "problems": problems, "notes": notes}, text, as_json=as_json)
    if problems:
        raise click.exceptions.Exit(1)


@click.command()
@index_option
def recount(**flags: Any) -> None:
    """Count anew how rare each term is, where a Milvus server is searched.

    There the counts stay as they are while documents come and go, so that all who share the server
    rank alike; `doctor` tells how much has changed since. Questions are answered meanwhile.
    """
    from assistant.opening import open_store

    with open_store(load_settings(flags), None) as store:
        with store.writing():
            store.recount()
        click.echo(f"counted {store.counts().passages} passages")


@click.command()
@click.argument("names", nargs=-1, required=True)
@index_option
def remove(names: tuple[str, ...], **flags: Any) -> None:
    """Remove documents, by path or id, or whole roots, by name.

    A removed document stays out of later runs until its file is named; a root comes back when it
    is indexed again. Files stay where they are, but for those that were added in the chat page:
    the index folder has their only copy, which is deleted.
    """
    from assistant.opening import open_store
    from index.removal import remove as remove_from

    with open_store(load_settings(flags), None) as store:
        for event in chain.from_iterable(remove_from(store, name) for name in names):
            click.echo(f"removed {event.path}")


def _unfinished(store: Store) -> dict[str, str]:
    """Return what is to be said of runs over several workers that have not come to their end."""
    with store.catalogue.ledger(is_read=True) as ledger:
        runs = ledger.unfinished()
    return {
        f"unfinished {number}": f"{run.done} of {run.shards} shards done, begun "
        f"{datetime.fromtimestamp(run.begun):%Y-%m-%d %H:%M}: at work, or cut short; then the same "
        "command goes on with it"
        for number, run in enumerate(runs, start=1)
    }


def _show_events_as_json(events: Iterator[Event]) -> None:
    from index.events import Found, event_json

    for event in events:
        if not isinstance(event, Found):
            show(event_json(event), "", as_json=True)
            sys.stdout.flush()
