"""The command that holds a conversation: chat."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any
from uuid import uuid4

import click

from assistant import display
from assistant.cli.asking import read_question
from assistant.config import load_settings
from assistant.options import index_option, max_error_option
from index.errors import ConfigurationError


@click.command()
@index_option
@max_error_option
@click.option(
    "--conversation",
    "conversation_id",
    help="Go on with this one: the end of its address in the chat page.  [default: a new one]",
)
def chat(max_error: float | None, conversation_id: str | None, **flags: Any) -> None:
    """Ask question after question; each is understood from those before it.

    What is said is kept beside the index, and stands in the chat page too. An empty line ends it.
    """
    from assistant.opening import open_assistant, open_conversations, open_embedder
    from assistant.records import Question

    settings = load_settings(flags)
    with (
        open_assistant(settings, open_embedder(settings)) as assistant,
        closing(open_conversations(settings)) as conversations,
    ):
        id_ = conversation_id or uuid4().hex
        for question in _questions():
            history = conversations.history(id_)
            answer = assistant.ask(Question(question, max_error=max_error, history=history))
            conversations.add(id_, answer)
            if answer.understood_as != question:
                click.echo(f"Understood as: {answer.understood_as}\n")
            click.echo(f"{display.answer(answer)}\n")


def _questions() -> Iterator[str]:
    """Yield what is typed, line by line, until an empty line or the end of the input."""
    with suppress(ImportError):
        import readline  # noqa: F401 - lets input() edit lines and recall them
    prompt = "Question: " if sys.stdin.isatty() else ""
    with suppress(EOFError):
        while line := input(prompt).strip():
            try:
                yield read_question(line)
            except ConfigurationError as error:
                click.echo(f"error: {error}", err=True)
