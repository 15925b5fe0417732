"""Dropout of hidden values that a seed repeats, whatever thread computes them."""

from __future__ import annotations

from hashlib import sha256
from threading import local
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

_LEVELS = 256  # of a random byte, which is drawn six times faster than torch draws one value


class HiddenDropout:
    """Sets hidden values of an encoder to 0 at random, so that it does not learn by heart.

    Torch's own dropout draws from one generator that all threads share, so that two runs differ.
    It would also drop attention, which is slow on processors.

    Args:
        model: Loses hidden values wherever it has a dropout layer, from the first seed on.
        share: Of the values, to the nearest 1/256.
    """

    def __init__(self, model: Any, share: float) -> None:
        import torch

        self._dropped = round(share * _LEVELS)
        self._thread = local()
        if self._dropped:
            for module in model.modules():
                if isinstance(module, torch.nn.Dropout):
                    module.register_forward_hook(self._drop)

    def seed(self, seed: str) -> None:
        """Say what the values that this thread drops next are drawn from."""
        import torch

        number = int.from_bytes(sha256(seed.encode()).digest()[:8])
        self._thread.generator = torch.Generator().manual_seed(number)

    def _drop(self, _module: Any, _inputs: Any, hidden: Tensor) -> Tensor:
        import torch

        words = torch.empty(-(-hidden.numel() // 8), dtype=torch.int64)
        words.random_(-(2**63), None, generator=self._thread.generator)
        drawn = words.view(torch.uint8)[: hidden.numel()].view(hidden.shape)
        kept = (drawn >= self._dropped).to(hidden)
        return hidden * kept.mul_(_LEVELS / (_LEVELS - self._dropped))
