"""The model card: what a trained reader was made of, and how well it reads."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import asdict
from statistics import fmean

from assistant.reader.training import Training
from assistant.reader.training.encoders import Encoder
from assistant.reader.training.scoring import Scores

_LAST = 200  # steps that the final loss is the mean of


def model_card(training: Training, encoder: Encoder, scores: Scores | None) -> str:
    """Write a model card, which names files but no folders of this machine."""
    name = training.output.resolve().name
    parts = (
        _FRONT_MATTER,
        f"# {name}",
        f"An extractive reader, fine-tuned from {encoder.name}: given a question and a passage it "
        "says where in the passage the answer starts and ends, and whether it stands there at all. "
        "It was made by",
        f"```sh\n{_command(training, encoder, name)}\n```",
        "On the same machine the same command makes the same weights; `losses.json` holds the "
        "first losses to compare.",
        "## Use",
        _USE.format(name=name),
        "## Data",
        "\n".join(_data(training)),
        "## Training",
        "\n".join(_facts(training, encoder)),
        "## Scores",
        _scores(scores),
        *_earlier(encoder),
    )
    return "\n\n".join(parts) + "\n"


_FRONT_MATTER = "---\nlibrary_name: transformers\npipeline_tag: question-answering\n---"
_USE = """\
In `assistant.toml`:

```toml
reader = "{name}"   # this folder
```

or `AutoModelForQuestionAnswering.from_pretrained(...)` of transformers. The first token's logits
stand for no answer in the passage."""


def _earlier(encoder: Encoder) -> Iterator[str]:
    """Quote the card of what was trained on from: its data and licences are this reader's too."""
    card = encoder.folder / "README.md"
    if card.exists() and not encoder.is_default:
        yield f"## The model card of {encoder.name}"
        text = card.read_text("utf-8", errors="replace")
        front_matter = re.compile(r"---\n.*?\n---\n", re.DOTALL).match(text)
        lines = text[front_matter.end() if front_matter else 0 :].strip().splitlines()
        yield "\n".join(f"> {line}".rstrip() for line in lines)


def _command(training: Training, encoder: Encoder, output: str) -> str:
    """Return what was run, with every option, for a default may come to be another."""
    settings = training.settings
    options = {
        "--output": output,
        **({} if encoder.is_default else {"--encoder": encoder.name}),
        "--passes": settings.passes,
        "--learning-rate": settings.learning_rate,
        "--batch-size": settings.batch_size,
        "--negatives": settings.negatives,
        "--max-tokens": settings.max_tokens,
        "--dropout": settings.dropout,
        **({"--adversary": settings.adversary} if settings.adversary else {}),
        **({"--keep": settings.keep} if settings.keep else {}),
        "--seed": settings.seed,
    }
    lines = [
        shlex.join(["assistant", "train-reader", *(file.name for file in training.data.files)]),
        *(shlex.join([name, str(value)]) for name, value in options.items()),
    ]
    return " \\\n    ".join(lines)


def _data(training: Training) -> Iterator[str]:
    yield "| file | questions | of these held out | licence | SHA-256 |"
    yield "|---|---|---|---|---|"
    hashes = training.run.identity["data"]
    for file, held_out in zip(training.data.files, training.held_out.files, strict=True):
        licence = file.licence.replace("|", "\\|").replace("\n", " ")
        yield (
            f"| {file.name} | {file.questions + held_out.questions} | {held_out.questions} "
            f"| {licence} | `{hashes[file.name]}` |"
        )


def _facts(training: Training, encoder: Encoder) -> Iterator[str]:
    run = training.run
    precision = "bfloat16" if run.narrow else "float32"
    yield f"- encoder: {encoder.name}, SHA-256 of its weights `{run.identity['encoder']}`"
    yield from (f"- {name}: {value}" for name, value in asdict(training.settings).items())
    yield f"- precision: computed in {precision} over float32 weights, written in float16"
    yield f"- device: {training.model.device.type}"
    yield f"- steps: {run.step}"
    yield f"- loss: {fmean(run.losses[-_LAST:]):.4f}, mean of the last {len(run.losses[-_LAST:])}"


def _scores(scores: Scores | None) -> str:
    if scores is None:
        return "None: the data are too few for articles to be held out of training."
    return (
        f"On {scores.questions} questions about articles held out of training, each read with its "
        f"own passage alone, without the choice not to answer: exact match {scores.exact_match:.3f}"
        f", F1 {scores.f1:.3f} (SQuAD's definitions). How it does in a search over documents, "
        "`assistant evaluate` says."
    )
