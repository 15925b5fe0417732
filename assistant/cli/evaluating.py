"""The command that measures: evaluate."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant import display
from assistant.cli.showing import show_events
from assistant.config import Settings, load_settings
from assistant.options import index_option, max_error_option
from index.errors import ConfigurationError

if TYPE_CHECKING:
    from assistant.testsets.records import TestSet
    from index.embedding import Embedder


@click.command()
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
    from assistant.opening import open_assistant, open_embedder
    from assistant.testsets.reading import read_test_set

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
    from assistant.opening import open_store
    from assistant.testsets.corpus import index_corpus
    from index.ingest import index

    with open_store(settings, embedder, create=True) as store:
        if documents:
            show_events(index(store, [documents], embedder=embedder))
        else:
            show_events(index_corpus(store, given.documents or (), embedder))
