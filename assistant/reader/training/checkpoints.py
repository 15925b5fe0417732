"""Checkpoints of a training run: one safetensors file, replaced whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import CheckpointError

if TYPE_CHECKING:
    from torch import Tensor

_NAME = "checkpoint.safetensors"
_STATE = "state"
_OPTIMIZER = "optimizer"  # the first part of the names of its tensors
_MODEL = "model"


@dataclass(frozen=True, slots=True)
class Run:
    """What a run is, which a checkpoint must agree with, and how far it has come."""

    identity: Mapping[str, Any]  # settings and data, as JSON has them
    step: int
    losses: tuple[float, ...]  # of every step
    narrow: bool | None = None  # whether it computes in bfloat16: None before that is measured


def is_in(folder: Path) -> bool:
    """Tell whether a folder holds a checkpoint."""
    return (folder / _NAME).is_file()


def save(folder: Path, run: Run, model: Any, optimizer: Any) -> None:
    """Write a checkpoint in place of the one before.

    Raises:
        CheckpointError: There is no room for it.
    """
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    tensors = {f"{_MODEL}.{name}": value for name, value in model.state_dict().items()}
    for number, state in optimizer.state_dict()["state"].items():
        tensors |= {f"{_OPTIMIZER}.{number}.{name}": value for name, value in state.items()}
    written = folder / f"{_NAME}.new"
    try:
        save_file(tensors, written, {_STATE: json.dumps(asdict(run))})
    except SafetensorError as error:  # which a full disk raises too
        raise CheckpointError(f"{written}: cannot be written ({error}); make room there") from error
    written.replace(folder / _NAME)


def load(folder: Path, identity: Mapping[str, Any], model: Any, optimizer: Any) -> Run:
    """Restore the checkpoint in a folder, if there is one; otherwise the run is at its start.

    Raises:
        CheckpointError: It is damaged, or of a run with other settings or data.
    """
    if not is_in(folder):
        return Run(identity, 0, ())
    from safetensors import SafetensorError, safe_open

    path = folder / _NAME
    try:
        with safe_open(path, "pt") as file:
            state = json.loads(file.metadata()[_STATE])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        run = Run(state["identity"], state["step"], tuple(state["losses"]), state["narrow"])
        differences = list(_differences(run.identity, identity))
        if not differences:
            _restore(tensors, model, optimizer)
    except (SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise CheckpointError(f"{path}: damaged ({error}); delete it to start again") from error
    if differences:
        raise CheckpointError(
            f"{path}: of another run ({'; '.join(differences)}); give what it was given, or "
            "another --output"
        )
    return run


def _differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a run was told otherwise; its files' order counts, for it orders the questions."""
    for name, value in now["settings"].items():
        if (earlier := before["settings"][name]) != value:
            yield f"{name} was {earlier}"
    if list(before["data"]) != list(now["data"]):
        yield f"its data were {' '.join(before['data'])}"
    elif changed := [name for name in now["data"] if before["data"][name] != now["data"][name]]:
        yield f"changed since: {' '.join(changed)}"
    if before["encoder"] != now["encoder"]:
        yield "the encoder was another"


def _restore(tensors: Mapping[str, Tensor], model: Any, optimizer: Any) -> None:
    weights: dict[str, Tensor] = {}
    moments: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        owner, _, rest = name.partition(".")
        if owner == _MODEL:
            weights[rest] = tensor
        else:
            number, _, moment = rest.partition(".")
            moments.setdefault(int(number), {})[moment] = tensor
    model.load_state_dict(weights)
    optimizer.load_state_dict({**optimizer.state_dict(), "state": moments})


def remove(folder: Path) -> None:
    """Delete the checkpoint of a run that is over."""
    (folder / _NAME).unlink(missing_ok=True)
