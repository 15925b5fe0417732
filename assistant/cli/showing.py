"""What several commands print."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from assistant import display

if TYPE_CHECKING:
    from index.events import Event


def show(value: object, text: str, *, as_json: bool) -> None:
    """Print a value for programs or a text for people."""
    click.echo(json.dumps(value, ensure_ascii=False) if as_json else text)


def show_events(events: Iterator[Event]) -> None:
    """Print what an indexing run does, below a progress bar."""
    for line in display.progress(events):
        click.echo(line)
