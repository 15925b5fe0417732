"""One training step: loss and gradients of a batch, on the GPU or on every core."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

from assistant.reader.tensors import quotable_logits, to_tensors
from assistant.reader.training.adversary import Adversary
from assistant.reader.training.batches import Example
from assistant.reader.training.dropout import HiddenDropout
from index.workers import start_workers

if TYPE_CHECKING:
    from torch import Tensor

_LARGEST_GRADIENT = 1.0  # its norm, past which it is scaled down
_TOKENS_A_PART = 1300  # more leave the processor's cache
_PROBES = 3


@dataclass(frozen=True)
class Gradients:
    """Of part of a batch: its share of the loss, and of each parameter's gradient."""

    loss: float
    tensors: tuple[Tensor, ...]


class Stepper:
    """Computes a batch's gradients, part by part, each on a core of its own.

    Sums are made in a fixed order, so that a run on the same machine repeats itself. Cores that
    share one pass wait for each other at every layer, and far longer where another program runs.
    """

    def __init__(
        self, model: Any, dropout: HiddenDropout, adversary: Adversary, *, narrow: bool
    ) -> None:
        import torch

        self._model = model
        self._dropout = dropout
        self._adversary = adversary
        self._parameters = [p for p in model.parameters() if p.requires_grad]
        self._narrow = narrow
        self._cores = 1 if model.device.type == "cuda" else torch.get_num_threads()
        self._workers = start_workers(self._cores, "trainer")

    def gradients(self, batch: Sequence[Example], seed: str) -> float:
        """Set every parameter's gradient, and return the batch's mean loss.

        Args:
            batch: The examples.
            seed: Of what dropout drops.
        """
        import torch

        tokens = sum(len(example.window.ids) for example in batch)
        count = self._cores * -(-tokens // (self._cores * _TOKENS_A_PART))
        parts = [batch[at::count] for at in range(min(count, len(batch)))]
        seeds = [f"{seed} part {at}" for at in range(len(parts))]
        computed = list(self._workers.map(partial(self._part, size=len(batch)), parts, seeds))
        for parameter, *shares in zip(
            self._parameters, *(part.tensors for part in computed), strict=True
        ):
            parameter.grad = sum(shares[1:], start=shares[0])
        torch.nn.utils.clip_grad_norm_(self._parameters, _LARGEST_GRADIENT)
        return sum(part.loss for part in computed)

    def _part(self, examples: Sequence[Example], seed: str, *, size: int) -> Gradients:
        import torch

        inputs, quotable = to_tensors([example.window for example in examples], self._model)
        compute = partial(self._loss, examples, inputs, quotable, seed)
        if not self._adversary.size:
            loss = compute() / size
            gradients = torch.autograd.grad(loss, self._parameters, materialize_grads=True)
            return Gradients(loss.item(), gradients)
        mask = inputs["attention_mask"]
        shape = *mask.shape, self._model.get_input_embeddings().embedding_dim
        shift = torch.zeros(shape, device=mask.device, requires_grad=True)
        with self._adversary.shifting(shift):
            loss = compute() / size
        *plain, uphill = torch.autograd.grad(
            loss, [*self._parameters, shift], materialize_grads=True
        )
        with self._adversary.shifting(self._adversary.worst(uphill, mask)):
            harder = torch.autograd.grad(compute() / size, self._parameters, materialize_grads=True)
        both = zip(plain, harder, strict=True)
        return Gradients(loss.item(), tuple((one + other) / 2 for one, other in both))

    def _loss(
        self,
        examples: Sequence[Example],
        inputs: Mapping[str, Tensor],
        quotable: Tensor,
        seed: str,
    ) -> Tensor:
        """Return the loss, summed over pairs; a seed always drops the same."""
        import torch

        self._dropout.seed(seed)
        device = self._model.device
        with torch.autocast(device.type, torch.bfloat16, enabled=self._narrow):
            output = self._model(**inputs)
        loss = torch.zeros((), device=device)
        for logits, places in (
            (output.start_logits, [example.starts for example in examples]),
            (output.end_logits, [example.ends for example in examples]),
        ):
            loss = loss + _surprise(quotable_logits(logits, quotable), places) / 2
        return loss


def _surprise(logits: Tensor, places: Sequence[Sequence[int]]) -> Tensor:
    """Return the negative log likelihood that some right place is chosen, summed over rows."""
    import torch

    right = torch.full_like(logits, -torch.inf)
    for row, positions in enumerate(places):
        right[row, list(positions)] = 0.0
    return (logits.logsumexp(1) - (logits + right).logsumexp(1)).sum()


def is_faster_narrow(
    model: Any, dropout: HiddenDropout, adversary: Adversary, batch: Sequence[Example]
) -> bool:
    """Measure whether this machine computes gradients faster in bfloat16."""
    if model.device.type == "cuda":
        return True
    times = []
    for narrow in (True, False):
        stepper = Stepper(model, dropout, adversary, narrow=narrow)
        rounds = []
        for _ in range(_PROBES):
            start = perf_counter()
            stepper.gradients(batch, "probe")
            rounds.append(perf_counter() - start)
        times.append(min(rounds))
    return times[0] < times[1]
