"""Word embeddings shifted to where the loss is higher, so that small differences matter less."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import local
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor


_FLAT = 1e-12  # a gradient's norm, so that none is divided by 0


class Adversary:
    """Shifts what a model's word embeddings give, in the thread that asks for it alone.

    Args:
        model: Any of transformers, whose embeddings are shifted from now on.
        size: Of the shift of a pair: the root mean square over its tokens of the shifts' lengths.

    Source: Miyato, Dai and Goodfellow 2017, "Adversarial training methods for semi-supervised text
    classification".
    """

    def __init__(self, model: Any, size: float) -> None:
        self.size = size
        self._thread = local()
        if size:
            model.get_input_embeddings().register_forward_hook(self._shift)

    @contextmanager
    def shifting(self, shift: Tensor) -> Iterator[None]:
        """Shift the embeddings, (pairs, tokens, values)."""
        self._thread.shift = shift
        try:
            yield
        finally:
            del self._thread.shift

    def worst(self, uphill: Tensor, mask: Tensor) -> Tensor:
        """Return the shift along which the loss rises fastest, (pairs, tokens, values).

        Args:
            uphill: The loss's gradient by the shift, likewise.
            mask: 1 where a pair has a token and 0 in its padding, (pairs, tokens).
        """
        uphill = uphill.float() * mask[..., None]
        steepness = uphill.flatten(1).norm(dim=1)
        longest = self.size * mask.sum(1).sqrt()
        worst: Tensor = uphill * (longest / steepness.clamp_min(_FLAT))[:, None, None]
        return worst

    def _shift(self, _module: Any, _inputs: Any, embedded: Tensor) -> Tensor:
        shift: Tensor | None = getattr(self._thread, "shift", None)
        return embedded if shift is None else embedded + shift
