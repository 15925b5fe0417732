"""Run one torture or all of them: ``python -m torture [NAME] [--runs N] [--seed S]``."""

from __future__ import annotations

import os
import sys
import time
from importlib import import_module

import click

# A process that has started threads cannot be forked: none of these libraries may.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TOKENIZERS_PARALLELISM"):
    os.environ.setdefault(_name, "1")

_TORTURES = {  # by name: the module, and what --runs and --minutes are called there
    "kills": ("kills", "runs", ""),
    "full-disk": ("full_disk", "runs", ""),
    "corruption": ("corruption", "runs", ""),
    "readers": ("readers", "", "minutes"),
    "crowd": ("crowd", "", "minutes"),
    "hostile": ("hostile", "", ""),
    "fuzz": ("fuzzing", "runs", ""),
}


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(_TORTURES)))
@click.option("--runs", type=int, help="Rounds.")
@click.option("--minutes", type=float, help="How long readers ask.")
@click.option("--seed", type=int, help="Repeats a torture; random by default.")
def main(names: tuple[str, ...], runs: int | None, minutes: float | None, seed: int | None) -> None:
    """Do to an index what it must bear; exit with 1 where it does not."""
    seed = int(time.time()) % 1_000_000 if seed is None else seed
    click.echo(f"seed {seed}")
    borne = [_run(name, runs, minutes, seed) for name in names or _TORTURES]
    sys.exit(0 if all(borne) else 1)


def _run(name: str, runs: int | None, minutes: float | None, seed: int) -> bool:
    module, rounds, length = _TORTURES[name]
    given = {rounds: runs, length: minutes}
    options = {key: value for key, value in given.items() if key and value is not None}
    return bool(import_module(f"torture.{module}").run(seed=seed, **options))


if __name__ == "__main__":
    main()
