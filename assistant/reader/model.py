"""The reader's encoder with its span head: pairs → logits of every token."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.reader.tensors import quotable_logits, to_tensors
from assistant.reader.windows import Pair, Window, Windower
from index.embedding.model_files import find_weights, read_max_tokens, sha256_of
from index.errors import EmbedderError, ReaderError
from index.precision import in_best_precision
from index.records import Range
from index.workers import start_workers

_MAX_TOKENS = 320
_STRIDE = 96
_PROBE = Pair(
    "When was the treaty signed?",
    "The treaty",
    "The treaty was signed in Paris on 3 May 1990, and limited the number of tanks. " * 3,
)


@dataclass(frozen=True, slots=True)
class ReadWindow:
    """A window with what the model makes of it.

    Attributes:
        window: The window.
        start: Logits of an answer's first token, (tokens of the passage,).
        end: Logits of its last token, likewise.
        none: The logit of no answer at all: the first token's, as start and as end.
    """

    window: Window
    start: NDArray[np.float32]
    end: NDArray[np.float32]
    none: float

    @property
    def margin(self) -> float:
        """How much all spans together exceed no answer; minus infinity where there is none."""
        if not len(self.start):
            return -np.inf
        return float(np.logaddexp.reduce(self.start) + np.logaddexp.reduce(self.end) - self.none)

    def part(self, within: Range) -> ReadWindow:
        """Return what stands in a part of the passage's text, half-open."""
        window = self.window
        tokens = slice(
            int(np.searchsorted(window.starts, within[0])),
            int(np.searchsorted(window.ends, within[1], side="right")),
        )
        cut = replace(
            window,
            tokens=window.tokens[tokens],
            starts=window.starts[tokens],
            ends=window.ends[tokens],
        )
        return ReadWindow(cut, self.start[tokens], self.end[tokens], self.none)


class SpanModel:
    """Any extractive question-answering model that transformers loads from safetensors.

    Args:
        folder: The model, as transformers saves it.
        name: What to call it.

    Attributes:
        name: The model's name and the first twelve hex digits of its weights' SHA-256.

    Raises:
        ReaderError: The folder holds no usable model.
    """

    def __init__(self, folder: Path, *, name: str) -> None:
        try:
            digest = sha256_of(find_weights(folder))
            tokens = min(_MAX_TOKENS, read_max_tokens(folder))
            self._windower = Windower(folder, max_tokens=tokens, stride=min(_STRIDE, tokens // 3))
        except EmbedderError as error:
            raise ReaderError(str(error)) from error
        self.name = f"{name}:{digest[:12]}"
        self._folder = folder
        self._loading = Lock()
        self._loaded: tuple[Any, ThreadPoolExecutor] | None = None

    def read(self, pairs: Sequence[Pair]) -> list[ReadWindow]:
        """Read pairs of question and passage, all at once.

        Raises:
            ReaderError: The weights cannot be loaded.
        """
        with self._loading:
            model, workers = self._loaded = self._loaded or self._load()
        # One at a time on each core, the longest first: together they would have to be padded.
        windows = sorted(self._windower.windows(pairs), key=lambda window: -len(window.ids))
        return list(workers.map(partial(_read, model), windows))

    def _load(self) -> tuple[Any, ThreadPoolExecutor]:
        import torch

        try:
            workers = start_workers(torch.get_num_threads(), "reader")
            model = workers.submit(self._load_model).result()
        except Exception as error:  # whatever three libraries raise over a bad file
            raise ReaderError(f"{self._folder}: the model cannot be loaded: {error}") from error
        return model, workers

    def _load_model(self) -> Any:
        model, missing = read_span_model(self._folder)
        if missing:
            raise ValueError("it has no trained span head; train one with `assistant train-reader`")
        (probe,) = self._windower.windows([_PROBE])
        return in_best_precision(model, partial(_probe, window=probe))


def read_span_model(folder: Path) -> tuple[Any, Sequence[str]]:
    """Load an encoder with a span head, in single precision.

    Returns:
        The model, and what its weights lack and was made at random: a head that is not trained.
    """
    from transformers import AutoModelForQuestionAnswering
    from transformers.utils import logging

    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    model, loading = AutoModelForQuestionAnswering.from_pretrained(
        folder,
        output_loading_info=True,
        attn_implementation="eager",
        use_safetensors=True,
        local_files_only=True,
        dtype="float32",
    )
    return model.eval(), sorted(loading["missing_keys"])


def _read(model: Any, window: Window) -> ReadWindow:
    import torch

    inputs, quotable = to_tensors([window], model)
    head = model.qa_outputs
    with torch.inference_mode():
        (hidden,) = model.base_model(**inputs).last_hidden_state
        # In single precision, whatever the encoder's: the best spans' logits differ by little.
        logits = torch.nn.functional.linear(hidden.float(), head.weight.float(), head.bias.float())
        start, end = (quotable_logits(logits[:, at], quotable[0]).numpy() for at in (0, 1))
    return ReadWindow(window, start[window.tokens], end[window.tokens], float(start[0] + end[0]))


def _probe(model: Any, window: Window) -> NDArray[np.float32]:
    read = _read(model, window)
    return np.concatenate([read.start, read.end])
