from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest

from index.ingest import index
from index.store import Store
from torture.models import HashingEmbedder

WRITER = """
import json, sys
from pathlib import Path
from index.events import event_json
from index.ingest import index
from index.store import Store
from torture.models import HashingEmbedder
import index.batches
index.batches._PASSAGES = 3
embedder = HashingEmbedder()
options = {"create": True, "catalogue": sys.argv[3]}
with Store.open(Path(sys.argv[1]), embedder_name=embedder.name, **options) as store:
    for event in index.ingest.index(store, [Path(sys.argv[2])], embedder=embedder):
        print(json.dumps(event_json(event)), flush=True)
"""


@pytest.mark.slow
def test_acknowledged_files_survive_a_killed_writer(tmp_path: Path, catalogue_url: str) -> None:
    docs, folder = tmp_path / "docs", tmp_path / "index"
    docs.mkdir()
    chance = random.Random(7)
    acknowledged: dict[str, str] = {}
    for round_ in range(5):
        for number in range(chance.randrange(10, 30)):
            text = f"Round {round_}, file {number}.\n\nThe council met {chance.random()} times."
            (docs / f"{chance.randrange(40)}.txt").write_text(text)
        acknowledged |= run_and_kill(folder, docs, catalogue_url, after=chance.randrange(1, 8))
        with opened(folder, catalogue_url) as store:
            held = {summary.path: summary.sha256 for summary in store.documents()}
            for path, digest in acknowledged.items():
                # What was committed just before the kill is there, though nobody was told.
                now = sha256((docs / path).read_bytes()).hexdigest()
                assert held[path] in (digest, now)
            assert store.verify() == ()
    with opened(folder, catalogue_url) as store:
        list(index(store, [docs], embedder=HashingEmbedder()))
        assert len(store.documents()) == len(list(docs.iterdir()))
        assert store.verify() == ()


def opened(folder: Path, url: str) -> Store:
    return Store.open(folder, embedder_name=HashingEmbedder.name, catalogue=url)


def run_and_kill(folder: Path, docs: Path, url: str, *, after: int) -> dict[str, str]:
    """Kill a writer a moment after some of its acknowledgements; return all that it gave."""
    command = [sys.executable, "-c", WRITER, str(folder), str(docs), url]
    acknowledged: dict[str, str] = {}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for line in writer.stdout:
            event = json.loads(line)
            if event["event"] == "committed":
                acknowledged[event["path"]] = event["sha256"]
            if len(acknowledged) == after:
                time.sleep(random.Random(after).random() / 100)
                writer.kill()
    assert acknowledged
    return acknowledged
