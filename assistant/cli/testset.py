"""The commands that make test sets and see whether they can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.cli.feedback import judged_lines
from assistant.cli.showing import refuse_taken, show, write_lines
from assistant.cli.temporary import indexed
from assistant.config import load_settings
from assistant.display import printable
from assistant.drafting.records import Kind
from assistant.options import documents_option, index_option, json_option, output_option
from index.errors import ConfigurationError

if TYPE_CHECKING:
    from assistant.testsets.problems import Finding


@click.group()
def testset() -> None:
    """Make a test set of your own documents, and see whether it can be trusted."""


@testset.command("draft")
@index_option
@documents_option
@output_option
@click.option(
    "--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Questions to draft."
)
@click.option(
    "--kind",
    "kinds",
    type=click.Choice([kind.value for kind in Kind]),
    multiple=True,
    help="Draft only what asks for this; can be given again.",
)
@click.option(
    "--feedback",
    "with_feedback",
    is_flag=True,
    help="Begin with the questions that were judged in the chat.",
)
def draft(documents: Path | None, output: Path | None, with_feedback: bool, **flags: Any) -> None:
    """Propose questions that the documents answer, each with its answer and where it stands.

    They are lines that `assistant evaluate` reads. Sentences are turned into questions by rules of
    English grammar, and a few turn out odd: look through them before you rely on them.
    """
    from tqdm import tqdm

    from assistant.opening import open_assistant, open_embedder
    from assistant.testsets.drafting import as_line, draft_questions

    limit, kinds = flags.pop("limit"), [Kind(kind) for kind in flags.pop("kinds")] or list(Kind)
    if output:
        refuse_taken(output)
    if with_feedback and documents:
        raise ConfigurationError("--feedback is kept in an index: leave out --documents")
    settings = load_settings(flags)
    judged = judged_lines(settings) if with_feedback else []
    lines = [line for line in judged if line["answers"] is not None]
    embedder = open_embedder(settings)
    with (
        indexed(settings, embedder, documents=documents) as settings,
        open_assistant(settings, embedder) as assistant,
    ):
        known = [line["question"] for line in lines]
        drafts = draft_questions(assistant, limit=limit, kinds=kinds, known=known)
        drafted = [*map(as_line, tqdm(drafts, total=limit, disable=None, leave=False))]
    write_lines([*lines, *drafted], output)
    told = f"questions: {len(lines) + len(drafted)}, of them judged in the chat: {len(lines)}"
    file = output or "FILE"
    click.echo(f"{told}; look through them, then run: assistant testset check {file}", err=True)


@testset.command("check")
@click.argument("test_set", metavar="TESTSET", type=click.Path(path_type=Path))
@index_option
@documents_option
@json_option
def check(test_set: Path, documents: Path | None, as_json: bool, **flags: Any) -> None:
    """Find what is wrong with a test set; exit with 1 if something is.

    TESTSET is anything that `assistant evaluate` reads. Found are answers that don't stand in the
    documents, documents that aren't there, questions that stand there twice, give their answer
    away or don't say what they are about, and lines that cannot be read.
    """
    from assistant.opening import open_store
    from assistant.testsets import checking
    from assistant.testsets.reading import read_leniently

    settings = load_settings(flags)
    given, faults = read_leniently(test_set)
    with (
        indexed(settings, None, documents=documents, corpus=given.documents) as settings,
        open_store(settings, None) as store,
    ):
        findings = checking.check(given, faults, store.documents(), store.document)
    count = len(given.questions) + len(faults)
    found = [finding.as_json() for finding in findings]
    show({"questions": count, "findings": found}, _told(findings, count), as_json=as_json)
    click.get_current_context().exit(1 if findings else 0)


def _told(findings: Sequence[Finding], questions: int) -> str:
    lines = [f"{finding.id}: {finding.kind.value}: {finding.message}" for finding in findings]
    wrong = len({finding.id for finding in findings})
    return "\n".join([*map(printable, lines), f"questions: {questions}, with faults: {wrong}"])
