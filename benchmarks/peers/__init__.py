"""This project beside Haystack and txtai: the same questions, documents and weights, in one run.

``python -m benchmarks.peers TESTSET[=DOCUMENTS]... [--questions N] [--precision P] [--json FILE]``
prints one table; ``make evaluate`` installs the peers beside the project, in ``.venv-peers``, and
prints it for the sample corpus. Test sets are what ``assistant evaluate`` reads; of public ones the
half is asked that nothing was fitted on (``benchmarks/halves.py``).

What is the same for all: the weights of embedder and reader, torch's number of threads, and the
questions, which the systems take in turns. Everybody always answers: abstention is off, and only
questions with an answer count. Precision is each system's own, float32 for the peers, which answer
best in it; ``--precision`` makes it the same for all.

The peers get a document's text as our extraction gave it, so that none is measured by the formats
that it cannot open, and passages with their document's title above them, as ours have it. Each is
set up as its manual says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from assistant.testsets.records import CorpusDocument

DEPTH = 100  # passages that a ranking of documents is made of


class System(Protocol):
    """What is asked: this project or a peer."""

    @property
    def name(self) -> str:
        """What its column is headed."""

    def index(self, documents: Sequence[CorpusDocument]) -> int:
        """Index the documents, the first that there are, and return how many passages they make."""

    def ask(self, question: str) -> str:
        """Return the best answer, "" where there is none."""

    def rank(self, question: str) -> list[str]:
        """Return the documents found, by words and by meaning, best first, each once."""


@dataclass(frozen=True, slots=True)
class Models:
    """The weights that all systems share, as folders that transformers reads."""

    embedder: Path
    reader: Path
    precision: str  # a torch dtype's name
