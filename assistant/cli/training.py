"""The command that trains: train-reader."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import click

from assistant import display
from assistant.options import refuse_nan
from assistant.reader.training import Training
from assistant.reader.training.encoders import Encoder, find_encoder
from assistant.reader.training.settings import TrainingSettings

_DEFAULTS = TrainingSettings()
_GO_ON = "the same command goes on from there"


@click.command("train-reader")
@click.argument("data", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--output",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write the reader to, and its checkpoints while it is trained.",
)
@click.option(
    "--encoder",
    help="What to start from: a folder or a Hugging Face hub name.  [default: all-MiniLM-L6-v2, "
    "which is installed]",
)
@click.option(
    "--passes",
    type=click.FloatRange(0, 1000, min_open=True),
    callback=refuse_nan,
    default=_DEFAULTS.passes,
    show_default=True,
    help="Times that every question is read.",
)
@click.option(
    "--learning-rate",
    type=click.FloatRange(0, 1, min_open=True),
    callback=refuse_nan,
    default=_DEFAULTS.learning_rate,
    show_default=True,
    help="The highest; larger encoders need a lower one.",
)
@click.option(
    "--batch-size",
    type=click.IntRange(1, 4096),
    default=_DEFAULTS.batch_size,
    show_default=True,
    help="Questions a step.",
)
@click.option(
    "--negatives",
    type=click.FloatRange(0, 1),
    callback=refuse_nan,
    default=_DEFAULTS.negatives,
    show_default=True,
    help="Share of the questions also read with a passage that does not answer.",
)
@click.option(
    "--max-tokens",
    type=click.IntRange(256, 512),  # fewer leave no room beside a long question
    default=_DEFAULTS.max_tokens,
    show_default=True,
    help="Tokens of question and passage that are read at once; longer passages are read in parts.",
)
@click.option(
    "--dropout",
    type=click.FloatRange(0, 0.9),
    callback=refuse_nan,
    default=_DEFAULTS.dropout,
    show_default=True,
    help="Share of the hidden values set to 0 at random, against learning by heart.",
)
@click.option(
    "--adversary",
    type=click.FloatRange(0, 1),
    callback=refuse_nan,
    default=_DEFAULTS.adversary,
    show_default=True,
    help="Read every batch again with its words' embeddings shifted this far to where the reader "
    "errs most, against learning by heart; takes twice the time, and 0.004 doubles the loss.",
)
@click.option(
    "--keep",
    type=click.FloatRange(0, 1, max_open=True),
    callback=refuse_nan,
    default=_DEFAULTS.keep,
    show_default=True,
    help="Share of the --encoder's weights in the finished ones, where that is a reader itself: a "
    "mean of both often reads better than either.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    default=_DEFAULTS.seed,
    show_default=True,
    help="Of the order, the samples and the first weights.",
)
@click.option(
    "--steps",
    type=click.IntRange(1),
    help="Stop after so many in all and keep a checkpoint, to go on later.  [default: all]",
)
def train_reader(
    data: tuple[Path, ...], output: Path, encoder: str | None, steps: int | None, **how: Any
) -> None:
    """Train a reader on questions whose answers are marked in passages.

    DATA are files in SQuAD's JSON format, gzipped or not: {"data": [{"title", "paragraphs":
    [{"context", "qas": [{"question", "answers": [{"text", "answer_start"}]}]}]}]}, with no answers
    for what a passage doesn't say, and a "license" beside "data" for the model card. One article
    in a hundred is held out to score the reader.

    A thousand questions take minutes, a hundred thousand some three hours on two recent processor
    cores. A checkpoint is kept now and then and when you press Ctrl-C: the same command goes on
    from there, and ends as if it had not stopped. On the same machine the same command makes the
    same weights.

    To use the reader set  reader = "OUTPUT"  in assistant.toml, or ASSISTANT_READER=OUTPUT. The
    model card, OUTPUT/README.md, tells data, licences, settings and scores.
    """
    found = find_encoder(encoder)
    training = Training(data, found.folder, output, TrainingSettings(**how))
    last = min(steps or training.steps, training.steps)
    click.echo(
        f"{len(training.data.questions)} questions, {training.steps} steps "
        f"({training.run.step} done) on {training.model.device.type}"
    )
    _train(training, last)
    if training.run.step < training.steps:
        click.echo(f"kept a checkpoint at step {training.run.step} of {training.steps}; {_GO_ON}")
    else:
        _finish(training, found)


def _train(training: Training, last: int) -> None:
    """Train up to a step; Ctrl-C and SIGTERM let the step at hand be finished and kept."""
    losses = training.run.losses
    with _asked_to_stop() as asked, closing(training.steps_to(last)) as steps:
        for _ in display.training(steps, losses=losses, last=last):
            if asked.is_set():
                break
    if asked.is_set():
        sys.exit(f"stopped after step {training.run.step} of {training.steps}; {_GO_ON}")


@contextmanager
def _asked_to_stop() -> Iterator[Event]:
    """Turn the first Ctrl-C or SIGTERM into a flag; the second acts as it always does."""
    asked = Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def give_back() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def ask(*_: object) -> None:
        asked.set()
        give_back()

    for number in before:
        signal.signal(number, ask)
    try:
        yield asked
    finally:
        give_back()


def _finish(training: Training, encoder: Encoder) -> None:
    from assistant.reader.training.finishing import finish

    scores = finish(training, encoder)
    if scores:
        click.echo(
            f"on {scores.questions} questions held out: exact match {scores.exact_match:.3f}, "
            f"F1 {scores.f1:.3f}"
        )
    click.echo(f'{training.output} holds the reader: set reader = "{training.output}" to use it')
