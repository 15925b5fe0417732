"""The command that hands on what people said of answers."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from assistant.config import load_settings
from assistant.options import index_option
from index.errors import ConfigurationError


@click.group()
def feedback() -> None:
    """Make use of what people said of answers in the chat page."""


@feedback.command("export")
@index_option
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Write to this new file.  [default: standard output]",
)
def export(output: Path | None, **flags: Any) -> None:
    """Write a draft of a test set: a line for each question that was judged.

    Each is JSON that `assistant evaluate` reads: the question as it was understood, the answer
    that was called right or was selected in the source ([] where the documents rightly were said
    not to answer), its document and source ranges. Where an answer was only called wrong,
    "answers" is null: say what is right before the file is evaluated.
    """
    from assistant.conversation.conversations import Conversations
    from assistant.conversation.feedback import Feedback
    from assistant.testsets.feedback import draft
    from index.store import Store

    settings = load_settings(flags)
    with (
        Store.open(settings.index, embedder_name=None),  # refuses a folder that is no index
        closing(Conversations(settings.index)) as conversations,
    ):
        lines = draft(Feedback(conversations.database).judged())
    if output:
        _write_new(output, lines)
    else:
        for line in lines:
            click.echo(_written(line))
    unknown = sum(line["answers"] is None for line in lines)
    click.echo(f"questions: {len(lines)}, still without an answer: {unknown}", err=True)


def _write_new(path: Path, lines: list[dict[str, Any]]) -> None:
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{_written(line)}\n" for line in lines)
    except FileExistsError:
        raise ConfigurationError(
            f"{path} exists and may have been reviewed: give another name"
        ) from None
    except (FileNotFoundError, NotADirectoryError):
        raise ConfigurationError(f"{path.parent}: no such folder to write to") from None


def _written(line: dict[str, Any]) -> str:
    return json.dumps(line, ensure_ascii=False)
