"""The command that answers one question, and how questions are typed."""

from __future__ import annotations

from typing import Any

import click

from assistant import display
from assistant.cli.showing import show
from assistant.config import load_settings
from assistant.options import index_option, json_option, max_error_option
from index.errors import ConfigurationError


@click.command()
@click.argument("question")
@index_option
@json_option
@click.option("--top-k", type=click.IntRange(1, 50), default=5, help="Passages to show.")
@max_error_option
def ask(question: str, as_json: bool, top_k: int, max_error: float | None, **flags: Any) -> None:
    """Answer a question with a cited quote, or say that the documents don't."""
    from assistant.opening import open_assistant, open_embedder
    from assistant.records import Question

    question = read_question(question)
    settings = load_settings(flags)
    with open_assistant(settings, open_embedder(settings)) as assistant:
        answer = assistant.ask(Question(question, top_k=top_k, max_error=max_error))
    show(answer.as_json(), display.answer(answer), as_json=as_json)


def read_question(typed: str) -> str:
    """Return a question as it was typed, without space around it.

    Raises:
        ConfigurationError: It is empty or too long.
    """
    from assistant.records import LONGEST_QUESTION

    question = typed.encode(errors="surrogateescape").decode(errors="replace").strip()
    if not 0 < len(question) <= LONGEST_QUESTION:
        raise ConfigurationError(
            f"a question has 1 to {LONGEST_QUESTION} characters, as in: assistant ask 'Who signed?'"
        )
    return question
