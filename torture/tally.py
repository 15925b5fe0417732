"""What a torture did and what it broke, in one line and an exit code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from time import monotonic

import click
from tqdm import tqdm

_SHOWN = 20  # violations


@dataclass
class Tally:
    """The counts of one torture.

    Attributes:
        name: Its name.
        seed: Which repeats it.
        counts: What happened how often.
        violations: What must not have happened, a line each.
    """

    name: str
    seed: int
    counts: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    begun: float = field(default_factory=monotonic)

    def rounds(self, count: int) -> Iterator[int]:
        """Draw a progress bar over rounds."""
        tqdm.monitor_interval = 0  # a thread, which must not be forked
        yield from tqdm(range(count), desc=self.name, unit="round", disable=None, leave=False)

    def broken(self, where: str, violations: Iterable[str]) -> bool:
        """Note what was broken, and tell whether anything was."""
        lines = [f"{where}: {violation}" for violation in violations]
        self.violations += lines
        return bool(lines)

    def close(self) -> bool:
        """Print the summary; tell whether nothing was broken."""
        for line in self.violations[:_SHOWN]:
            click.echo(f"  {line}")
        told = ", ".join(f"{count} {what}" for what, count in self.counts.items() if count)
        seconds = monotonic() - self.begun
        verdict = f"{len(self.violations)} violations"
        click.echo(f"{self.name}: {told}; {verdict} ({seconds:.0f} s, seed {self.seed})")
        return not self.violations
