"""What several commands print."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant import display
from index.errors import ConfigurationError

if TYPE_CHECKING:
    from index.events import Event


def show(value: object, text: str, *, as_json: bool) -> None:
    """Print a value for programs or a text for people."""
    click.echo(json.dumps(value, ensure_ascii=False) if as_json else text)


def show_events(events: Iterator[Event], *, err: bool = False) -> None:
    """Print what an indexing run does, below a progress bar; where asked, as no result of its own.

    Args:
        events: What it does.
        err: Print to standard error.
    """
    for line in display.progress(events):
        click.echo(line, err=err)


def refuse_taken(path: Path) -> None:
    """Refuse to write over a test set, before the work that is to be written is begun.

    Raises:
        ConfigurationError: The file is there already, or its folder is not.
    """
    if path.exists():
        raise ConfigurationError(f"{path} exists and may have been reviewed: give another name")
    if not path.absolute().parent.is_dir():
        raise ConfigurationError(f"{path.parent}: no such folder to write to")


def write_lines(lines: Iterable[dict[str, Any]], path: Path | None) -> None:
    """Write a draft of a test set to a new file, or where none is given print it.

    Raises:
        ConfigurationError: The file is there already, or its folder is not.
    """
    written = [json.dumps(line, ensure_ascii=False) for line in lines]
    if path is None:
        for line in written:
            click.echo(line)
        return
    refuse_taken(path)
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in written)
