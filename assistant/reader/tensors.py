"""Windows → tensors, and the encoder's logits with what cannot be quoted masked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.reader.windows import Window

if TYPE_CHECKING:
    from torch import Tensor

# Every new shape makes oneDNN compile its kernels anew, of which it keeps a thousand.
_MULTIPLE = 8


def to_tensors(windows: Sequence[Window], model: Any) -> tuple[dict[str, Tensor], Tensor]:
    """Pad windows to the longest or little more, as a transformers model takes them.

    Returns:
        The encoder's inputs, (windows, tokens) each, and where an answer may start and end: in the
        passage, or at the first token, which stands for no answer.
    """
    import torch

    longest = max(len(window.ids) for window in windows)
    shape = len(windows), -(-longest // _MULTIPLE) * _MULTIPLE
    ids = torch.full(shape, model.config.pad_token_id or 0)
    types, mask = (torch.zeros(shape, dtype=torch.long) for _ in range(2))
    quotable = torch.zeros(shape, dtype=torch.bool)
    quotable[:, 0] = True
    for row, window in enumerate(windows):
        length = len(window.ids)
        ids[row, :length] = torch.tensor(window.ids)
        types[row, :length] = torch.tensor(window.type_ids)
        mask[row, :length] = 1
        quotable[row, window.tokens] = True
    inputs = {"input_ids": ids, "attention_mask": mask}
    if getattr(model.config, "type_vocab_size", 1) > 1:  # RoBERTa's kind knows one type only
        inputs["token_type_ids"] = types
    moved = {name: tensor.to(model.device) for name, tensor in inputs.items()}
    return moved, quotable.to(model.device)


def quotable_logits(logits: Tensor, quotable: Tensor) -> Tensor:
    """Return logits in single precision, minus infinity where nothing can be quoted."""
    import torch

    return logits.float().masked_fill(~quotable, -torch.inf)
