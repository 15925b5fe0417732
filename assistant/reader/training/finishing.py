"""A finished run → a folder that the assistant and transformers can read."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from assistant.reader.model import SpanModel, read_span_model
from assistant.reader.training import Training, checkpoints
from assistant.reader.training.card import model_card
from assistant.reader.training.encoders import Encoder
from assistant.reader.training.scoring import Scores, score
from index.errors import ReaderError

_LOSSES = 200  # kept for comparing a repeated run


def finish(training: Training, encoder: Encoder) -> Scores | None:
    """Write the model, its losses and its card in place of the checkpoint, which goes last.

    The model in memory becomes what is written: it cannot be trained on.

    Returns:
        The scores on the questions held out; None where there are none.

    Raises:
        ReaderError: The model cannot be written, or not read again.
    """
    written = training.output / "finished.new"
    shutil.rmtree(written, ignore_errors=True)  # of a run that was killed here
    written.mkdir()
    if training.settings.keep:
        _average(training.model, encoder, keep=training.settings.keep)
    _write_model(training.model, written)
    shutil.copyfile(encoder.folder / "tokenizer.json", written / "tokenizer.json")
    model = SpanModel(written, name=training.output.name)
    scores = score(model, training.held_out, seed=training.settings.seed)
    losses = [round(loss, 4) for loss in training.run.losses[:_LOSSES]]
    (written / "losses.json").write_text(json.dumps(losses), "utf-8")
    (written / "README.md").write_text(model_card(training, encoder, scores), "utf-8")
    for file in sorted(written.iterdir()):
        file.replace(training.output / file.name)
    written.rmdir()
    checkpoints.remove(training.output)
    return scores


def _average(model: Any, encoder: Encoder, *, keep: float) -> None:
    """Move a model's weights back toward those it started from.

    Source: Wortsman et al. 2022, "Robust fine-tuning of zero-shot models".
    """
    first, _ = read_span_model(encoder.folder)
    for name, weights in model.state_dict().items():
        weights.lerp_(first.state_dict()[name].to(weights.device), keep)


def _write_model(model: Any, folder: Path) -> None:
    from safetensors import SafetensorError

    try:
        model.half().save_pretrained(folder)
    except SafetensorError as error:  # which a full disk raises too
        raise ReaderError(f"{folder}: cannot be written ({error}); make room there") from error
    mode = (folder / "config.json").stat().st_mode
    for weights in folder.glob("*.safetensors"):
        weights.chmod(mode)  # safetensors lets nobody but the owner read them
