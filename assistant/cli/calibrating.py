"""The command that fits confidences: calibrate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant import display
from assistant.config import load_settings
from assistant.options import index_option
from index.errors import ConfigurationError

if TYPE_CHECKING:
    from assistant.answering import Assistant
    from assistant.testsets.records import TestSet


@click.command()
@click.argument("test_set", metavar="TESTSET", type=click.Path(path_type=Path))
@index_option
def calibrate(test_set: Path, **flags: Any) -> None:
    """Fit confidences to your own questions and documents.

    TESTSET is JSON Lines as for `evaluate`, asked over the index. Where all its questions have
    answers, one in two is asked again without the document that it names, so that the confidence
    also knows what the documents don't say. The fit is kept beside the index for whatever starts
    after it; delete calibration.json there to go back to what is shipped.
    """
    from tqdm import tqdm

    from assistant import calibrating
    from assistant.confidence import CALIBRATION_FILE
    from assistant.opening import open_assistant, open_embedder
    from assistant.testsets.reading import read_test_set

    settings, given = load_settings(flags), read_test_set(test_set)
    if given.documents is not None:
        raise ConfigurationError(f"{test_set}: brings its own documents; give questions on yours")
    with open_assistant(settings, open_embedder(settings), is_calibrated=False) as assistant:
        _refuse_missing_documents(given, assistant)
        asked = tqdm(calibrating.judge(assistant, given), unit="question", disable=None)
        calibration, report = calibrating.calibrate(list(asked), reader=assistant.reader.name)
    calibration.save(settings.index / CALIBRATION_FILE)
    click.echo("\n".join(display.report(report)))
    if report.questions < calibrating.ENOUGH:
        click.echo(
            f"Only {report.questions} questions stand behind this: with fewer than "
            f"{calibrating.ENOUGH}, take the figures as a hint."
        )


def _refuse_missing_documents(given: TestSet, assistant: Assistant) -> None:
    """Refuse questions on documents that are not indexed: all would count as wrong."""
    from assistant.testsets.naming import gold_documents, name_documents

    names = name_documents(given, assistant.store.documents()).values()
    if missing := sorted(gold_documents(given).difference(names)):
        raise ConfigurationError(f"not in the index: {', '.join(missing)}; index them first")
