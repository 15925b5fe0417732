"""Run one torture or all of them: ``python -m torture [NAME] [--runs N] [--seed S]``."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

import click

# A process that has started threads cannot be forked: none of these libraries may.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TOKENIZERS_PARALLELISM"):
    os.environ.setdefault(_name, "1")

_TORTURES = {  # by name: the module, and what --runs and --minutes are called there
    "kills": ("kills", "runs", ""),
    "full-disk": ("full_disk", "runs", ""),
    "hostile": ("hostile", "", ""),
    "corruption": ("corruption", "runs", ""),
    "api": ("api", "examples", ""),
    "readers": ("readers", "", "minutes"),
    "crowd": ("crowd", "", "minutes"),
    "fuzz": ("fuzzing", "runs", ""),
}
_USE_ALL_CORES = ("readers", "crowd", "fuzz")


@click.command()
@click.argument("name", required=False, type=click.Choice(list(_TORTURES)))
@click.option("--runs", type=int, help="Rounds; of the api, requests to each operation.")
@click.option("--minutes", type=float, help="How long readers ask.")
@click.option("--seed", type=int, help="Repeats a torture; random by default.")
def main(name: str | None, runs: int | None, minutes: float | None, seed: int | None) -> None:
    """Do to an index what it must bear, all of it or one torture; exit with 1 where it does not."""
    seed = int(time.time()) % 1_000_000 if seed is None else seed
    click.echo(f"seed {seed}")
    if name is None:
        if runs or minutes:
            raise click.UsageError("--runs and --minutes are for one torture: name it")
        sys.exit(0 if _run_all(seed) else 1)
    module, rounds, length = _TORTURES[name]
    given = {rounds: runs, length: minutes}
    options = {key: value for key, value in given.items() if key and value is not None}
    sys.exit(0 if import_module(f"torture.{module}").run(seed=seed, **options) else 1)


def _run_all(seed: int) -> bool:
    """Run those that keep one core busy side by side, then the others one after another."""

    def is_borne(name: str, place: int = 0) -> bool:
        line = [sys.executable, "-m", "torture", name, "--seed", str(seed)]
        env = os.environ | {"TQDM_POSITION": str(place)}
        return subprocess.run(line, check=False, env=env).returncode == 0

    side_by_side = [name for name in _TORTURES if name not in _USE_ALL_CORES]
    with ThreadPoolExecutor(os.cpu_count()) as lanes:
        borne = list(lanes.map(is_borne, side_by_side, range(len(side_by_side))))
    return all(borne + [is_borne(name) for name in _USE_ALL_CORES])


if __name__ == "__main__":
    main()
