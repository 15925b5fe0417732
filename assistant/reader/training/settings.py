"""What a training run is told, beside its data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How to train.

    Attributes:
        passes: Times that every question is read with its own passage.
        learning_rate: The highest; it rises to that and falls to 0, in a line each.
        batch_size: Pairs a step.
        negatives: Pairs with a passage that does not answer, for each question in a pass.
        dropout: Share of the hidden values that are set to 0 at random.
        adversary: How far every word's embedding is shifted toward a higher loss, in a second pass
            over each batch; 0 for no such pass.
        keep: Share of the first weights in the finished ones, which are a mean of both.
        most_per_passage: Questions taken of one passage.
        max_tokens: The length of a window.
        stride: Tokens of a passage that two neighbouring windows share.
        seed: Of the order, the samples and the new weights.
    """

    passes: float = 2.0
    learning_rate: float = 1.2e-4
    batch_size: int = 32
    negatives: float = 0.4
    dropout: float = 0.1
    adversary: float = 0.0
    keep: float = 0.0
    most_per_passage: int = 10
    max_tokens: int = 320
    stride: int = 96
    seed: int = 7
