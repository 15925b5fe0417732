from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import torch

from assistant.reader.training.dropout import HiddenDropout


@pytest.fixture
def layer() -> torch.nn.Module:
    return torch.nn.Sequential(torch.nn.Identity(), torch.nn.Dropout(0.5)).eval()


def test_share_of_the_values_is_dropped_and_the_mean_kept(layer: torch.nn.Module) -> None:
    HiddenDropout(layer, 0.25).seed("one")
    hidden = layer(torch.ones(3, 101, 331))
    dropped = hidden == 0
    for share in (dropped[0], dropped[:, 0], dropped[..., :8], dropped[..., 7::8]):
        assert share.float().mean().item() == pytest.approx(0.25, abs=0.03)
    assert hidden.unique().tolist() == pytest.approx([0.0, 4 / 3])


def test_gradients_of_what_is_dropped_are_zero(layer: torch.nn.Module) -> None:
    HiddenDropout(layer, 0.5).seed("one")
    inputs = torch.ones(50, requires_grad=True)
    hidden = layer(inputs)
    hidden.sum().backward()
    assert torch.equal(inputs.grad, hidden.detach())  # type: ignore[arg-type]


def test_seed_repeats_what_is_dropped_whatever_other_threads_do(layer: torch.nn.Module) -> None:
    dropout = HiddenDropout(layer, 0.5)
    both = Barrier(2)

    def drop(seed: str) -> list[torch.Tensor]:
        dropout.seed(seed)
        both.wait()
        return [layer(torch.ones(1000)) for _ in range(20)]

    with ThreadPoolExecutor(2) as threads:
        one, other = threads.map(drop, ("one", "other"))
        again, _ = threads.map(drop, ("one", "third"))
    assert all(map(torch.equal, one, again))
    assert not any(map(torch.equal, one, other))
    assert not any(map(torch.equal, one, one[1:]))


def test_nothing_is_dropped_of_a_share_of_zero(layer: torch.nn.Module) -> None:
    HiddenDropout(layer, 0.0)
    assert layer(torch.ones(1000)).min() == 1
