"""The command that hands on what people said of answers."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import click

from assistant.cli.showing import write_lines
from assistant.config import Settings, load_settings
from assistant.options import index_option, output_option


@click.group()
def feedback() -> None:
    """Make use of what people said of answers in the chat page."""


@feedback.command("export")
@index_option
@output_option
def export(output: Path | None, **flags: Any) -> None:
    """Write a draft of a test set: a line for each question that was judged.

    Each is JSON that `assistant evaluate` reads: the question as it was understood, the answer
    that was called right or was selected in the source ([] where the documents rightly were said
    not to answer), its document and source ranges. Where an answer was only called wrong,
    "answers" is null: say what is right before the file is evaluated.
    """
    lines = judged_lines(load_settings(flags))
    write_lines(lines, output)
    unknown = sum(line["answers"] is None for line in lines)
    click.echo(f"questions: {len(lines)}, still without an answer: {unknown}", err=True)


def judged_lines(settings: Settings) -> list[dict[str, Any]]:
    """Return a line of a test set for each question of an index that was judged."""
    from assistant.conversation.feedback import Feedback
    from assistant.opening import open_conversations, open_store
    from assistant.testsets.feedback import draft

    with (
        open_store(settings, None),  # refuses a folder that is no index
        closing(open_conversations(settings)) as conversations,
    ):
        return draft(Feedback(conversations.database).judged())
