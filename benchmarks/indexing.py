"""What an index of many passages costs: to open, to search, to update, and in memory."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np

from assistant.answering import Assistant
from assistant.config import Settings
from assistant.opening import open_reader
from assistant.records import Question
from benchmarks import Measurement, median_ms, seconds
from benchmarks.making import RandomEmbedder, document
from index.batches import add_documents
from index.embedding import load_embedder
from index.ingest import index
from index.records import Document
from index.search import search
from index.store import Store

_SMALL, _LARGE = 10_000, 100_000  # passages
_PARAGRAPHS = 10  # of a document, each a passage
_WORDS = 120  # of a paragraph
_VOCABULARY = 50_000
_STOP_WORDS = 100  # the most frequent words: no query is left with them
_QUERY_WORDS = 10  # of a question, about six when the most frequent are left out
_UPDATES = 15


def run() -> list[Measurement]:
    """Measure indexes of 10,000 and of 100,000 passages with random texts and vectors."""
    measured: list[Measurement] = []
    updates: dict[int, float] = {}
    for passages in (_SMALL, _LARGE):
        with tempfile.TemporaryDirectory() as home:
            measured.append(_build(Path(home), passages))
            update, save = _update(Path(home), passages)
            updates[passages] = update.value
            measured += [update, save, *_search(Path(home), passages)]
    ratio = updates[_LARGE] / updates[_SMALL]
    note = "at most 2"
    return [*measured, Measurement("update one file, 100,000 against 10,000", ratio, "times", note)]


def _build(home: Path, passages: int) -> Measurement:
    embedder = RandomEmbedder()
    (home / "docs").mkdir()
    (home / "docs" / "one.txt").write_text(_text(np.random.default_rng(1)))

    def build() -> None:
        with Store.open(home / "index", embedder_name=embedder.name, create=True) as store:
            for _ in add_documents(store, _documents(passages), embedder=embedder):
                pass
            for _ in index(store, [home / "docs"], embedder=embedder):
                pass

    rate = passages / seconds(build)
    return Measurement(f"index {passages:,} passages, embedding apart", rate, "passages/s")


def _update(home: Path, passages: int) -> tuple[Measurement, Measurement]:
    """Change one file and index its folder, until the new text is found, then close."""
    embedder = load_embedder()
    random = np.random.default_rng(2)
    store = Store.open(home / "index", embedder_name=embedder.name)

    def update() -> None:
        text = "\n\n".join(_text(random) for _ in range(_PARAGRAPHS))
        (home / "docs" / "one.txt").write_text(text)
        for _ in index(store, [home / "docs"], embedder=embedder):
            pass
        search(store, embedder, text[: text.index(".")][-60:], k=10)

    update()
    updated = median(seconds(update) for _ in range(_UPDATES))
    closed = seconds(store.close)
    note = "embedded, committed and found; median; at most 3 s"
    return (
        Measurement(f"update one file among {passages:,} passages", 1e3 * updated, "ms", note),
        Measurement(f"close after it, {passages:,} passages", closed, "s"),
    )


def _search(home: Path, passages: int) -> Iterator[Measurement]:
    """Measure in a process of its own what a server does and holds."""
    command = [sys.executable, "-m", "benchmarks.indexing", str(home / "index")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    for name, value, unit in json.loads(done.stdout):
        yield Measurement(f"{name}, {passages:,} passages", value, unit)


def measure_serving(folder: Path) -> Iterator[tuple[str, float, str]]:
    """Ask questions of an index with the real embedder; yield names, values and units."""
    embedder, random = load_embedder(), np.random.default_rng(3)
    with Store.open(folder, embedder_name=embedder.name) as store:
        assistant = Assistant(store, embedder, open_reader(Settings()))

        def question() -> Question:
            words = [f"w{word}" for word in _draw(random, _QUERY_WORDS) if word > _STOP_WORDS]
            return Question(" ".join(words))

        opened = seconds(lambda: assistant.ask(question()))
        yield "open, load the model and answer once", opened, "s"
        searched = median_ms(lambda: assistant.search(question()), 200)
        yield "embed a question and search, median", searched, "ms"
        yield "resident memory while serving", _resident_mib(), "MiB"


def _documents(passages: int) -> Iterator[Document]:
    random = np.random.default_rng(4)
    for number in range(passages // _PARAGRAPHS):
        paragraphs = [_text(random) for _ in range(_PARAGRAPHS)]
        yield document(f"{number}.txt", paragraphs)


def _text(random: np.random.Generator) -> str:
    """Return a sentence of words as frequent as those of a language (Zipf's law)."""
    return " ".join(f"w{word}" for word in _draw(random, _WORDS)) + "."


def _draw(random: np.random.Generator, words: int) -> list[int]:
    drawn: list[int] = (_VOCABULARY ** random.random(words)).astype(int).tolist()
    return drawn


def _resident_mib() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [kibibytes] = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")]
    return int(kibibytes) / 1024


if __name__ == "__main__":
    sys.stdout.write(json.dumps(list(measure_serving(Path(sys.argv[1])))))
