"""``kill -9`` at random moments of indexing, updating and removing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from index import batches, preparing
from index.documents import read_document
from index.extraction_worker import Limits
from index.library import Library
from index.records import Document
from index.roots import UPLOADS, FoundFile
from index.store import Store
from torture.checking import Held, Promise, check
from torture.corpus import Corpus, questions
from torture.forking import MARK, Forked, ask, command, events_of, left_over
from torture.models import HashingEmbedder
from torture.tally import Tally

_FILES = 300
_CHANGED = 60  # files at most, between two kills
_IN_PROCESS = 0.7  # share of the writers that read files themselves, so that kills meet commits
_UPLOADING = 0.15  # share of the writers that keep an uploaded file
_REMOVING = 0.15  # likewise, that remove a document by hand
_COMPLETE = 25  # rounds after which a run is let finish
_WAITING = 0.5  # share of the commands that are killed soon after they told something


class Trial:
    """An index and its corpus, through writers that are killed.

    Args:
        place: The folder that the index is made in.
        documents: The folder of the corpus and of what is noted.
        chance: What decides.
        tally: What counts.
    """

    def __init__(self, place: Path, documents: Path, chance: Random, tally: Tally) -> None:
        self.folder = place / "index"
        self.chance = chance
        self.tally = tally
        self.corpus = Corpus(documents / "documents", chance, files=_FILES)
        self.errors = documents / "errors.txt"
        self.limit: Callable[[], None] = lambda: None  # what narrows the writers, in their process
        self.held: Held = {}
        self._hidden: set[str] = set()  # names of documents that were removed by hand
        self._longest = 1.0  # seconds that a writer may need
        self._mark = f"{os.getpid()}-{chance.random()}"
        os.environ[MARK] = self._mark

    def round(self, number: int) -> bool:
        """Let one writer work, kill it, and check what it leaves; tell whether it was at work."""
        choice = self.chance.random()
        if choice < _UPLOADING:
            name = f"{self.chance.randrange(20)}.txt"
            return self._kill(number, self._upload(name, self.corpus.text(name)))
        if choice < _UPLOADING + _REMOVING and self.held:
            name = self.chance.choice(sorted(self.held))
            self._hidden.add(name)
            removal = self._command("remove", name)
            return self._kill(number, removal, {name: ("", self.held[name])})
        self.corpus.change(self.chance.randrange(1, _CHANGED))
        return self._kill(number, self.indexing())

    def complete(self, number: int) -> None:
        """Let a run finish: then the index holds what the folders do."""
        shown: list[str] = []
        for name in sorted(self._hidden):
            places = self.corpus.folder / name, self.folder / UPLOADS / name
            found = [str(place) for place in places if place.exists()]
            shown += found
            if found:  # one that is not there stays hidden
                self._hidden.remove(name)
        writer = Forked(self.indexing(*shown))
        if writer.wait() != 0:
            self.tally.broken(f"round {number}", [self.errors.read_text().strip()])
        writer.told()
        self.check(number, {name: (digest,) for name, digest in self._now().items()})

    def check(self, number: int, allowed: Mapping[str, tuple[str, ...]]) -> None:
        """Check the index in a process of its own, and go on from what it holds."""
        promise = Promise(allowed, self.corpus.versions, questions(self.chance, 3))
        outcome = ask(lambda: check(self.folder, promise))
        if isinstance(outcome, str):
            self.tally.broken(f"round {number}", [outcome])
            return
        self.held, faults = outcome
        self.tally.broken(f"round {number}", faults)
        if orphans := left_over(self._mark):
            self.tally.broken(f"round {number}", [f"{orphans} processes outlived their writer"])

    def _kill(
        self,
        number: int,
        work: Callable[[int], None],
        allowed: Mapping[str, tuple[str, ...]] | None = None,
    ) -> bool:
        begun = time.monotonic()
        writer = Forked(work)
        time.sleep(self.chance.uniform(0, 1.1 * self._longest))
        is_killed = writer.kill()
        if is_killed:
            self.tally.counts["kills"] += 1
        else:
            self.tally.counts["finished before"] += 1
            self._longest = 0.7 * self._longest + 0.3 * (time.monotonic() - begun)
        told = events_of(writer.told())
        self.tally.counts["acknowledged"] += sum(event["event"] == "committed" for event in told)
        self.check(number, self.allowed_after(told) | dict(allowed or {}))
        return is_killed

    def allowed_after(self, told: list[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
        """Return what the index may hold after a writer told this and was killed.

        What was acknowledged is there, or what came after it; of the rest what was there before,
        or what is there now.
        """
        now = self._now()
        certain = dict(self.held)
        for event in told:
            if event["event"] == "committed":
                certain[event["path"]] = event["sha256"]
            elif event["event"] == "removed":
                certain.pop(event["path"], None)
        names = certain.keys() | now.keys()
        return {name: (certain.get(name, ""), now.get(name, "")) for name in names}

    def _now(self) -> Held:
        uploads = self.folder / UPLOADS
        kept = {path.name: path.read_bytes() for path in uploads.glob("*.txt")}
        return self.corpus.now() | {name: sha256(data).hexdigest() for name, data in kept.items()}

    def indexing(self, *more: str) -> Callable[[int], None]:
        """Return the work of a run over the corpus and what was uploaded."""
        uploads = self.folder / UPLOADS
        paths = [self.corpus.folder, *([uploads] if uploads.exists() else [])]
        return self._command("index", *map(str, paths), *more, "--json")

    def _command(self, *arguments: str) -> Callable[[int], None]:
        batch = self.chance.choice([2, 16, 256])
        reads_itself = self.chance.random() < _IN_PROCESS
        where = ["--index", str(self.folder)]

        def narrow() -> None:
            prepare(batch, reads_itself=reads_itself)
            self.limit()

        return command(*arguments, *where, errors=self.errors, prepare=narrow)

    def _upload(self, name: str, text: str) -> Callable[[int], None]:
        def work(pipe: int) -> None:
            prepare(256, reads_itself=True)
            embedder = HashingEmbedder()
            with Store.open(self.folder, embedder_name=embedder.name, create=True) as store:
                library = Library(store, embedder, max_bytes=2**20)
                held, _ = library.add(name, text.encode())
                line = f'{{"event": "committed", "path": "{name}", "sha256": "%s"}}\n'
                os.write(pipe, (line % held.summary.sha256).encode())

        return work


class _InProcess:
    """Reads files in the process that asks."""

    def read(self, data: bytes, file: FoundFile, root: str) -> Document:
        """Make the document of a file's bytes."""
        return read_document(data, file, root, Limits().characters)


def prepare(batch: int, *, reads_itself: bool) -> None:
    """Set how many passages a batch holds, and whether files are read in this process."""
    batches._PASSAGES = batch
    if reads_itself:
        from index import library

        for module in (library, preparing):
            module.extractor = _InProcess  # type: ignore[attr-defined]


def run(*, seed: int, runs: int = 500) -> bool:
    """Kill writers; return whether nothing was lost.

    Args:
        seed: What repeats it, but for the clock.
        runs: Writers; one in ten is the real command, with the real embedder.
    """
    tally, chance = Tally("kills", seed), Random(seed)
    commands = runs // 10
    with TemporaryDirectory() as place:
        trial = Trial(Path(place), Path(place), chance, tally)
        for number in tally.rounds(runs - commands):
            while not trial.round(number):
                pass  # it had finished before
            if number % _COMPLETE == _COMPLETE - 1:
                trial.complete(number)
        for number in tally.rounds(commands):
            while not _kill_command(trial, number):
                pass
        trial.complete(runs)
    return tally.close()


def _kill_command(trial: Trial, number: int) -> bool:
    """Kill ``assistant index`` at a random moment, half of them after it told something.

    Returns:
        Whether it was at work.
    """
    trial.corpus.change(trial.chance.randrange(1, _CHANGED))
    where = [str(trial.corpus.folder), "--index", str(trial.folder), "--json"]
    line = [sys.executable, "-c", "from assistant.cli import main; main()", "index", *where]
    with trial.errors.open("wb") as errors:
        writer = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=errors)
        with writer:
            out = writer.stdout
            first = out.readline() if out and trial.chance.random() < _WAITING else b""
            longest = 0.3 if first else 6.0
            time.sleep(trial.chance.uniform(0, longest))
            writer.kill()
            rest = out.read() if out else b""
    trial.tally.counts["kills of the command"] += writer.returncode < 0
    trial.tally.counts["commands that finished before"] += writer.returncode >= 0
    told = events_of((first + rest).decode().split("\n")[:-1])
    trial.tally.counts["acknowledged"] += sum(event["event"] == "committed" for event in told)
    trial.check(number, trial.allowed_after(told))
    return writer.returncode < 0
