from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from assistant.reader.training import Training
from assistant.reader.training.adversary import Adversary
from assistant.reader.training.settings import TrainingSettings

WORDS = torch.tensor([[0, 1, 2]])


@pytest.fixture
def embedding() -> torch.nn.Embedding:
    return torch.nn.Embedding(3, 4)


@pytest.fixture
def adversary(embedding: torch.nn.Embedding) -> Adversary:
    return Adversary(SimpleNamespace(get_input_embeddings=lambda: embedding), 0.5)


def test_worst_shift_goes_uphill_as_far_as_it_is_told(adversary: Adversary) -> None:
    uphill = torch.randn(2, 3, 4)
    shift = adversary.worst(uphill, torch.tensor([[1, 1, 1], [1, 1, 0]]))
    lengths = shift.norm(dim=2)
    assert lengths[0].square().mean().sqrt().item() == pytest.approx(0.5)
    assert lengths[1, :2].square().mean().sqrt().item() == pytest.approx(0.5)
    assert lengths[1, 2] == 0  # padding
    towards = (shift[0] * uphill[0]).sum() / (shift[0].norm() * uphill[0].norm())
    assert towards.item() == pytest.approx(1.0)


def test_where_the_loss_is_level_nothing_is_shifted(adversary: Adversary) -> None:
    shift = adversary.worst(torch.zeros(1, 3, 4), torch.ones(1, 3))
    assert torch.equal(shift, torch.zeros(1, 3, 4))


def test_only_the_thread_that_asks_is_shifted_and_only_while_it_does(
    adversary: Adversary, embedding: torch.nn.Embedding
) -> None:
    plain = embedding(WORDS)
    with ThreadPoolExecutor(1) as thread, adversary.shifting(torch.ones(1, 3, 4)):
        assert torch.equal(embedding(WORDS), plain + 1)
        assert torch.equal(thread.submit(embedding, WORDS).result(), plain)
    assert torch.equal(embedding(WORDS), plain)


def test_run_with_an_adversary_learns_otherwise_and_repeats_itself(
    bridges: Path, encoder: Path, tmp_path: Path, quick: TrainingSettings
) -> None:
    settings = replace(quick, adversary=0.05)

    def losses(name: str) -> list[float]:
        training = Training([bridges], encoder, tmp_path / name, settings)
        return [progress.loss for progress in training.steps_to(5)]

    first = losses("first")
    assert losses("second") == first
    plain = Training([bridges], encoder, tmp_path / "plain", quick)
    others = [progress.loss for progress in plain.steps_to(5)]
    assert first[0] == others[0]  # what is told is the loss of the batch as it is
    assert first[1:] != others[1:]
