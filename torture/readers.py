"""Many processes that ask while one indexes and removes: each answer is of one generation."""

from __future__ import annotations

import json
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, TextIO

from assistant.answering import Assistant
from assistant.records import Question
from index.events import Committed, Event, Removed
from index.ingest import index
from index.removal import remove
from index.search import search
from index.store import Store
from torture.checking import sliced
from torture.corpus import Corpus, questions
from torture.forking import Forked
from torture.kills import prepare
from torture.models import HashingEmbedder, SharedWordsReader
from torture.tally import Tally

_READERS = 8
_FILES = 80
_CHANGED = 12  # files at most, between two runs
_REMOVING = 0.2  # share of the writer's turns that remove a document by hand
_SEARCHING = 0.5  # share of the readers' turns that look for everything
_EVERYTHING = 10_000  # hits
_IN_EVERY_PASSAGE = "record version"
_PATIENCE = 120.0  # seconds


def run(*, seed: int, minutes: float = 5.0) -> bool:
    """Read and write at once; return whether every answer was of one generation.

    Args:
        seed: What repeats it, but for the clock.
        minutes: How long.
    """
    tally, chance = Tally("readers", seed), Random(seed)
    with TemporaryDirectory() as place:
        folder, notes = Path(place) / "index", Path(place) / "notes"
        notes.mkdir()
        corpus = Corpus(Path(place) / "documents", chance, files=_FILES)
        corpus.change(_FILES, removing=0)
        first = Forked(lambda pipe: _write(folder, corpus, notes, until=0.0))
        if first.wait():
            tally.broken("the first run", [f"it ended with {first.code}"])
            return tally.close()
        corpus.change(_CHANGED)  # so that even the shortest run has something to commit
        until = time.monotonic() + 60 * minutes
        files = [notes / f"reader-{number}.jsonl" for number in range(_READERS)]
        processes = [
            *(Forked(_reading(folder, file, chance.random(), until)) for file in files),
            Forked(lambda pipe: _write(folder, corpus, notes, until=until)),
        ]
        codes = [process.wait(60 * minutes + _PATIENCE) for process in processes]
        tally.broken("processes", [f"one ended with {code}" for code in codes if code])
        _judge(tally, notes)
    return tally.close()


def _write(folder: Path, corpus: Corpus, notes: Path, *, until: float) -> None:
    """Index what changes and remove by hand, and note what each generation holds."""
    prepare(8, reads_itself=True)
    embedder, chance = HashingEmbedder(), Random(len(corpus.versions))
    with (
        Store.open(folder, embedder_name=embedder.name, create=True) as store,
        (notes / "generations.jsonl").open("a") as out,
    ):
        held = {summary.path: summary.sha256 for summary in store.documents()}
        removed: list[Path] = []
        while True:
            if held and chance.random() < _REMOVING:
                removed.append(corpus.folder / chance.choice(sorted(held)))
                name = removed[-1].relative_to(corpus.folder).as_posix()
                _note(remove(store, name), held, out)
            else:  # what is named comes back
                named = [path for path in removed if path.exists()]
                _note(index(store, [corpus.folder, *named], embedder=embedder), held, out)
                removed = [path for path in removed if path not in named]
            if time.monotonic() > until:
                break
            corpus.change(chance.randrange(1, _CHANGED))
    (notes / "versions.json").write_text(json.dumps(corpus.versions))


def _note(events: Iterator[Event], held: dict[str, str], out: TextIO) -> None:
    for event in events:
        if isinstance(event, Committed):
            held[event.path] = event.sha256
        elif isinstance(event, Removed):
            held.pop(event.path, None)
        else:
            continue
        out.write(json.dumps([event.generation, held]) + "\n")


def _reading(folder: Path, file: Path, seed: float, until: float) -> Callable[[int], None]:
    return lambda pipe: _read(folder, file, Random(seed), until=until)


def _read(folder: Path, file: Path, chance: Random, *, until: float) -> None:
    """Ask an index that is opened once, and note what was found at which generation."""
    embedder = HashingEmbedder()
    with Store.open(folder, embedder_name=embedder.name) as store, file.open("w") as out:
        assistant = Assistant(store, embedder, SharedWordsReader())
        while time.monotonic() < until:
            is_search = chance.random() < _SEARCHING
            [question] = questions(chance, 1)
            seen = _search(assistant) if is_search else _ask(assistant, question)
            out.write(json.dumps(seen) + "\n")
        time.sleep(1)
        out.write(json.dumps(_search(assistant) | {"newest": store.generation}) + "\n")


def _search(assistant: Assistant) -> dict[str, Any]:
    """Find every passage; return the documents that they are of."""
    with assistant.store.snapshot() as snapshot:
        result = search(snapshot, assistant.embedder, _IN_EVERY_PASSAGE, k=_EVERYTHING)
        found: dict[str, str] = {}
        torn = []
        for hit in result.hits:
            document = snapshot.document(hit.passage.document_id)
            found[document.path] = document.sha256
            if document.text[hit.passage.start : hit.passage.end] != hit.passage.text:
                torn.append(document.path)
        return {"generation": snapshot.generation, "documents": found, "torn": torn}


def _ask(assistant: Assistant, question: str) -> dict[str, Any]:
    """Ask a question; return what is cited."""
    answer = assistant.ask(Question(question))
    cited = [
        [citation.path, citation.sha256, citation.quote, citation.source_ranges]
        for citation in answer.citations
    ]
    return {"generation": answer.generation, "cited": cited}


def _judge(tally: Tally, notes: Path) -> None:
    """Compare what every reader saw with what each generation held."""
    generations = dict(json.loads(line) for line in (notes / "generations.jsonl").open())
    versions = json.loads((notes / "versions.json").read_text())
    numbers = list(generations)
    tally.counts["generations"] = len(numbers)
    met = set()
    for file in sorted(notes.glob("reader-*.jsonl")):
        last = -1
        for line in file.open():
            seen = json.loads(line)
            at = bisect_right(numbers, seen["generation"]) - 1
            tally.broken(file.stem, _mixed(seen, generations[numbers[at]], versions, last))
            last = seen["generation"]
            met.add(last)
            tally.counts["searches" if "documents" in seen else "answers"] += 1
        tally.counts["readers"] += 1
    tally.counts["generations met by a reader"] = len(met)
    if len(met) < 2:  # which would show nothing
        tally.broken("readers", [f"they met {len(met)} generations: let it run longer"])


def _mixed(
    seen: dict[str, Any], held: dict[str, str], versions: dict[str, dict[str, str]], last: int
) -> Iterator[str]:
    """Yield what a reader saw that is not of its generation."""
    generation = seen["generation"]
    if generation < last:
        yield f"generation {generation} after {last}"
    if seen.get("newest", generation) != generation:
        yield f"at generation {generation} when {seen['newest']} was committed"
    if "documents" in seen and (seen["documents"] != held or seen["torn"]):
        differing = set(seen["documents"].items()) ^ set(held.items())
        yield f"generation {generation}: {sorted(differing)[:4]} differ, torn: {seen['torn'][:4]}"
    for path, digest, quote, ranges in seen.get("cited", ()):
        text = versions[path].get(digest, "")
        if held.get(path) != digest or "".join(quote.split()) != "".join(sliced(text, ranges)):
            yield f"generation {generation}: {quote!r} of {path} is cited"
