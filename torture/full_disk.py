"""Writes that fail at random: a disk that is full, and files that may not grow."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import click

from torture.forking import Forked, command, events_of
from torture.kills import Trial
from torture.tally import Tally

_CHANGED = 60  # files at most, between two runs
_DISK = 24 * 2**20  # bytes
_MOST_FREE = 3 * 2**20  # bytes, so that most runs meet the end of the disk
_REMEDIES = ("make room", "what is free", "could not be saved", "make one with")


def run(*, seed: int, runs: int = 500) -> bool:
    """Let writes fail; return whether nothing was lost and every failure was told.

    Args:
        seed: What repeats it.
        runs: Half of them on a full disk, where one may be mounted; half where files may not grow.
    """
    tally, chance = Tally("full-disk", seed), Random(seed)
    with TemporaryDirectory() as place, _mounted(Path(place) / "disk") as disk:
        if disk is None:
            click.echo("full-disk: no disk may be mounted here: only files that may not grow")
        else:
            on_disk = Trial(disk, Path(place) / "full", chance, tally)
            _fail(on_disk, runs // 2, lambda: _filled(disk, chance))
        limited = Trial(Path(place), Path(place) / "limited", chance, tally)
        _fail(limited, runs - runs // 2 if disk else runs, lambda: _limited(limited))
    return tally.close()


def _fail(trial: Trial, rounds: int, narrow: Callable[[], Callable[[], None]]) -> None:
    """Index again and again where there is little room, and now and then where there is enough."""
    for number in trial.tally.rounds(rounds):
        trial.corpus.change(trial.chance.randrange(1, _CHANGED))
        relieve = narrow()
        told = _run(trial, number, trial.indexing(), "index")
        if number % 4 == 0:
            _run(trial, number, _other_command(trial), "another command")
        relieve()
        trial.check(number, trial.allowed_after(told))
        if number % 10 == 9:
            trial.complete(number)
    trial.complete(rounds)


def _run(
    trial: Trial, number: int, work: Callable[[int], None], name: str
) -> list[dict[str, object]]:
    """Run a command; what it says when it fails is one line with a remedy."""
    process = Forked(work)
    code = process.wait()
    told = process.told()
    said = trial.errors.read_text(errors="replace") if trial.errors.exists() else ""
    errors = [line for line in said.splitlines() if not line.startswith("WARNING: ")]
    trial.tally.counts[f"{name} {'done' if code == 0 else 'failed'}"] += 1
    if code != 0 and (len(errors) != 1 or not any(remedy in said for remedy in _REMEDIES)):
        trial.tally.broken(f"round {number}", [f"{name} ended with {code} and said: {said!r}"])
    return events_of(told)


def _other_command(trial: Trial) -> Callable[[int], None]:
    """Return a command that may be wanted just then."""
    name = trial.chance.choice(["status", "doctor"])
    return command(name, "--index", str(trial.folder), errors=trial.errors, prepare=trial.limit)


def _filled(disk: Path, chance: Random) -> Callable[[], None]:
    """Fill a disk but for a little; return what empties it again."""
    ballast = disk / "ballast"
    size = max(0, shutil.disk_usage(disk).free - chance.randrange(_MOST_FREE))
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, size))
    return ballast.unlink


def _limited(trial: Trial) -> Callable[[], None]:
    """Let no file of the writers grow over a size near the catalogue's; return what lifts that."""
    catalogue = trial.folder / "catalogue.sqlite"
    size = catalogue.stat().st_size if catalogue.exists() else 2**16
    limit = trial.chance.randrange(4096, size + 2**19)

    def limiting() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    trial.limit = limiting
    return lambda: setattr(trial, "limit", lambda: None)


@contextmanager
def _mounted(place: Path) -> Iterator[Path | None]:
    """Mount a small disk; yield None where that is not allowed."""
    place.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={_DISK}", "tmpfs", str(place)]
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    is_mounted = bool(mount and unmount) and (
        subprocess.run([str(mount), *options], capture_output=True, check=False).returncode == 0
    )
    try:
        yield place if is_mounted else None
    finally:
        if is_mounted:
            subprocess.run([str(unmount), str(place)], check=True)
