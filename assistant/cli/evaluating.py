"""The command that measures: evaluate."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant import display
from assistant.cli.temporary import indexed
from assistant.config import Settings, load_settings
from assistant.options import documents_option, index_option, max_error_option
from index.errors import ConfigurationError

if TYPE_CHECKING:
    from assistant.evaluation.results import Evaluation
    from assistant.testsets.records import TestSet

_FILE = click.Path(path_type=Path)
_OUTPUT = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command()
@click.argument("test_set", metavar="TESTSET", type=_FILE)
@index_option
@documents_option
@click.option("--oracle", is_flag=True, help="Let each question see only its own document.")
@max_error_option
@click.option("--json", "json_file", type=_OUTPUT, help="Write the run there.")
@click.option("--html", "html_file", type=_OUTPUT, help="Write a report there, for a browser.")
@click.option(
    "--compare",
    "compare_with",
    metavar="RUN.json",
    type=_FILE,
    help="Tell what has changed since this run, and whether chance may have done it.",
)
@click.option(
    "--fail-under",
    metavar="METRIC=VALUE",
    multiple=True,
    help="Exit with 1 where a metric is less, such as f1=0.70.",
)
def evaluate(
    test_set: Path, documents: Path | None, fail_under: tuple[str, ...], **flags: Any
) -> None:
    """Score answers, citations, abstention and retrieval on a test set; say why misses missed.

    TESTSET is JSON Lines ({"id", "question", "answers", "document"?} a line, no answers for what
    the documents don't say), CSV (question, answers), SQuAD JSON, or a folder in BEIR form; its
    files may be gzipped. The last two bring their own documents, which are indexed for the run. A
    run over an index is kept in it, and `assistant serve` shows it under /evaluation.
    """
    from assistant import display_comparison
    from assistant.evaluation import runs
    from assistant.evaluation.comparable import comparable, gold, read_run, refuse_unshared
    from assistant.evaluation.comparing import compare
    from assistant.evaluation.failing import find_failures, parse_least
    from assistant.testsets.reading import read_test_set

    files = {name: flags.pop(name) for name in ("json_file", "html_file")}
    compare_with, how = flags.pop("compare_with"), _how(flags)
    _refuse_files(test_set, *filter(None, files.values()))
    least, settings, given = parse_least(fail_under), load_settings(flags), read_test_set(test_set)
    before = read_run(compare_with) if compare_with else None
    if before:
        refuse_unshared(map(gold, given.questions), before)
    evaluation = _evaluate(settings, given, documents, how)
    run = evaluation.as_json()
    click.echo(display.evaluation(evaluation))
    if before:
        comparison = compare(comparable(run), before)
        run["comparison"] = comparison.as_json()
        click.echo("\n".join(["", *display_comparison.comparison(comparison)]))
    _write(run, **files)
    if documents is None and given.documents is None:
        runs.keep(settings.index, run)
    failures = find_failures(least, evaluation.metrics)
    for failed in failures:
        click.echo(display_comparison.failure(failed), err=True)
    if failures:
        raise click.exceptions.Exit(1)


def _how(flags: dict[str, Any]) -> dict[str, Any]:
    return {name: flags.pop(name) for name in ("oracle", "max_error")}


def _refuse_files(test_set: Path, *files: Path) -> None:
    """Refuse files that could not be written when all is asked, or would be lost."""
    for file in files:
        folder = file.absolute().parent
        if not folder.is_dir():
            raise ConfigurationError(f"{file.parent}: no such folder to write the run to")
        if not os.access(folder, os.W_OK) and not file.exists():
            raise ConfigurationError(f"{file.parent}: cannot be written to; give another folder")
        if file.resolve() == test_set.resolve():
            raise ConfigurationError(f"{file} is the test set: give the run another name")
    if len({file.resolve() for file in files}) < len(files):
        raise ConfigurationError(f"{files[0]}: give --json and --html each a file of its own")


def _evaluate(
    settings: Settings, given: TestSet, documents: Path | None, how: Mapping[str, Any]
) -> Evaluation:
    from tqdm import tqdm

    from assistant.evaluation.results import summarise
    from assistant.evaluation.running import Examiner
    from assistant.opening import open_assistant, open_embedder

    embedder = open_embedder(settings)
    with (
        indexed(settings, embedder, documents=documents, corpus=given.documents) as settings,
        open_assistant(settings, embedder) as assistant,
    ):
        examiner = Examiner(given, assistant, **how)
        for name in sorted(examiner.missing_documents):
            click.echo(f"warning: {name} is not in the index", err=True)
        total = len(given.questions)
        began_with = examiner.settings  # others may index while all is asked
        results = list(tqdm(examiner.run(), total=total, disable=None, leave=False))
        return summarise(results, examiner.qrels, began_with)


def _write(run: Mapping[str, Any], *, json_file: Path | None, html_file: Path | None) -> None:
    if json_file:
        json_file.write_text(json.dumps(run, ensure_ascii=False), "utf-8")
    if html_file:
        from assistant.evaluation.report import render

        html_file.write_text(render(run), "utf-8")
