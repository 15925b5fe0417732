"""Fine-tune an encoder to find answer spans."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from assistant.reader.training import checkpoints
from assistant.reader.training.adversary import Adversary
from assistant.reader.training.batches import Batches, Example
from assistant.reader.training.dropout import HiddenDropout
from assistant.reader.training.encoders import load_encoder, open_windower
from assistant.reader.training.examples import TrainingData, read_training_data
from assistant.reader.training.negatives import NegativeMiner
from assistant.reader.training.settings import TrainingSettings
from assistant.reader.training.stepping import Stepper, is_faster_narrow
from index.embedding.model_files import find_weights, sha256_of
from index.errors import ConfigurationError, TestSetError

_WARM_UP = 0.06  # of all steps
_WEIGHT_DECAY = 0.01
_STEPS_A_CHECKPOINT = 250
_FINISHED_FILES = ("model.safetensors", "config.json", "README.md")


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a training run stands after a step."""

    step: int
    steps: int
    loss: float  # of the step's batch
    tokens: int  # read in it, padding apart


class Training:
    """A run of training, which goes on where its folder's checkpoint stands.

    Args:
        paths: SQuAD-format files.
        encoder: The folder of any encoder that transformers can put a span head on.
        output: Where checkpoints are kept.
        settings: How to train.

    Raises:
        ConfigurationError: The output folder holds something else, or there is nothing to do.
        TestSetError: A file cannot be read, or there is no question in any.
        ReaderError: The encoder cannot be used.
        CheckpointError: The folder's checkpoint is damaged or of another run.
    """

    def __init__(
        self, paths: Sequence[Path], encoder: Path, output: Path, settings: TrainingSettings
    ) -> None:
        _check_folder(output)
        _check_names(paths)
        self.settings = settings
        self.output = output
        self.data, self.held_out = read_training_data(
            paths, most_per_passage=settings.most_per_passage, seed=settings.seed
        )
        _check_questions(paths, self.data, self.held_out)
        windower = open_windower(encoder, settings)
        self.model = load_encoder(encoder, settings)
        self._dropout = HiddenDropout(self.model, settings.dropout)
        self._adversary = Adversary(self.model, settings.adversary)
        self._batches = Batches(self.data, windower, NegativeMiner(self.data), settings)
        self.steps = self._batches.steps
        if not self.steps:
            raise ConfigurationError(f"{settings.passes} passes over so few questions are no step")
        self._optimizer, self._schedule = _optimizer(self.model, settings, self.steps)
        identity = {
            "settings": asdict(settings),
            "data": {path.name: sha256(path.read_bytes()).hexdigest() for path in paths},
            "encoder": sha256_of(find_weights(encoder)),
        }
        output.mkdir(parents=True, exist_ok=True)
        self.run = checkpoints.load(output, identity, self.model, self._optimizer)

    def steps_to(self, last: int) -> Generator[Progress, None, None]:
        """Train up to a step, yielding what came of each.

        A checkpoint is kept now and then, at the end, and when the iterator is closed.
        """
        stepper: Stepper | None = None
        losses = list(self.run.losses)
        for batch in _ahead(self._batches.after(self.run.step)):
            if len(losses) >= last:
                break
            stepper = stepper or self._stepper(batch)
            for group in self._optimizer.param_groups:
                group["lr"] = self._schedule(len(losses))
            losses.append(stepper.gradients(batch, f"{self.settings.seed} {len(losses)} dropout"))
            self._optimizer.step()
            self.run = replace(self.run, step=len(losses), losses=tuple(losses))
            try:
                tokens = sum(len(example.window.ids) for example in batch)
                yield Progress(len(losses), self.steps, losses[-1], tokens)
            except GeneratorExit:
                self._save()
                raise
            if len(losses) % _STEPS_A_CHECKPOINT == 0:
                self._save()
        self._save()

    def _stepper(self, batch: Sequence[Example]) -> Stepper:
        if self.run.narrow is None:
            narrow = is_faster_narrow(self.model, self._dropout, self._adversary, batch)
            self.run = replace(self.run, narrow=narrow)
        return Stepper(self.model, self._dropout, self._adversary, narrow=bool(self.run.narrow))

    def _save(self) -> None:
        checkpoints.save(self.output, self.run, self.model, self._optimizer)


def _check_folder(output: Path) -> None:
    """Refuse to write over what is not a checkpoint of ours."""
    held = [name for name in _FINISHED_FILES if (output / name).exists()]
    if held and not checkpoints.is_in(output):
        raise ConfigurationError(
            f"{output}: already holds {', '.join(held)}, and no run to go on with; give another "
            "--output, or delete the folder to train anew"
        )


def _check_names(paths: Sequence[Path]) -> None:
    """Refuse two files of one name, which checkpoint and model card tell apart by it."""
    names = [path.name for path in paths]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigurationError(f"given more than once: {', '.join(twice)}; rename or leave out")


def _check_questions(paths: Sequence[Path], data: TrainingData, held_out: TrainingData) -> None:
    if data.questions:
        return
    files = ", ".join(map(str, paths))
    if held_out.questions:
        raise TestSetError(
            f"{files}: all {len(held_out.questions)} questions are of articles held out to score "
            "the reader; add questions about others"
        )
    raise TestSetError(f'{files}: there is no question in "qas"; give files in SQuAD\'s format')


def _ahead(batches: Iterator[list[Example]]) -> Iterator[list[Example]]:
    """Yield batches, each of which was made while the one before it was in use."""
    with ThreadPoolExecutor(1, "batches") as thread:
        following = thread.submit(next, batches, None)
        while (batch := following.result()) is not None:
            following = thread.submit(next, batches, None)
            yield batch


def _optimizer(
    model: Any, settings: TrainingSettings, steps: int
) -> tuple[Any, Callable[[int], float]]:
    """Return AdamW, and the learning rate of each step."""
    import torch

    plain = [p for p in model.parameters() if p.ndim < 2]  # biases and norms, which do not decay
    matrices = [p for p in model.parameters() if p.ndim >= 2]
    groups: list[dict[str, Any]] = [
        {"params": matrices, "weight_decay": _WEIGHT_DECAY},
        {"params": plain},
    ]
    optimizer = torch.optim.AdamW(groups, lr=settings.learning_rate, weight_decay=0.0, fused=True)
    warm_up = max(1, round(_WARM_UP * steps))

    def rate(step: int) -> float:
        return settings.learning_rate * min(
            (step + 1) / warm_up, (steps - step) / max(1, steps - warm_up)
        )

    return optimizer, rate
