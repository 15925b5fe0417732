from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from threading import Thread

import pytest

from index import foreman
from index.cluster import DaskCrew
from index.crew import Crew, Job, Recipe, Shard
from index.errors import CrewError
from index.events import Committed, Done, Failed, Removed, Skipped
from index.ingest import IndexingSettings, index
from index.processes import ProcessCrew
from index.removal import remove
from index.store import Store
from tests.index import crews
from tests.index.crews import SAMPLE, content, fill, processes, run, unfinished
from tests.waiting import wait_until
from torture.models import HashingEmbedder

HOLDER = """
import json, sys
from functools import partial
from pathlib import Path
from index import foreman
from index.crew import Recipe
from index.events import event_json
from index.ingest import IndexingSettings, index
from index.processes import ProcessCrew
from index.removal import remove
from index.store import Store
from tests.index import crews
from torture.models import HashingEmbedder
foreman._FILES, foreman._SHARDS = 2, 1
hire = partial(ProcessCrew, recipe=Recipe(None, crews.slow), count=2, threads=1)
with Store.open(Path(sys.argv[1]), embedder_name=HashingEmbedder.name, create=True) as store:
    settings = IndexingSettings(hire=hire)
    for event in index(store, [Path(sys.argv[2])], embedder=HashingEmbedder(), settings=settings):
        print(json.dumps(event_json(event)), flush=True)
"""


@pytest.fixture(autouse=True)
def _small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreman, "_FILES", 4)
    monkeypatch.setattr(foreman, "_SHARDS", 1)


def children_of(parent: int) -> list[int]:
    """Return the processes that a process has started, and those that these have."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent and fields[0] != "Z":
            pid = int(path.parent.name)
            found += [pid, *children_of(pid)]
    return found


def test_processes_make_the_same_index_as_one(tmp_path: Path) -> None:
    run(tmp_path / "one", SAMPLE, hire=None)
    run(tmp_path / "many", SAMPLE, hire=processes())
    assert content(tmp_path / "many") == content(tmp_path / "one")
    assert len(content(tmp_path / "one")) == len([*SAMPLE.rglob("*.*")])


def test_events_are_those_of_a_plain_run(tmp_path: Path) -> None:
    docs = fill(tmp_path / "docs", 9)
    (docs / "empty.txt").touch()
    (docs / "picture.png").write_bytes(b"no text")
    told = {}
    for name, hire in (("one", None), ("many", processes())):
        events = [run(tmp_path / name, docs, hire=hire)]
        for path in ("000.txt", "001.txt"):
            (docs / path).touch()  # what it holds stays
        (docs / "002.txt").rename(tmp_path / "002.txt")
        events.append(run(tmp_path / name, docs, hire=hire))
        (tmp_path / "002.txt").rename(docs / "002.txt")
        told[name] = [
            sorted(
                [(type(e).__name__, getattr(e, "path", ""), getattr(e, "reason", "")) for e in of]
            )
            for of in events
        ]
    assert told["many"] == told["one"]
    assert {name for name, *_ in told["many"][0]} == {
        *"Found Committed Failed Skipped Done".split()
    }
    assert "Removed" in {name for name, *_ in told["many"][1]}


def test_file_removed_by_hand_comes_back_when_it_is_named(tmp_path: Path) -> None:
    docs = fill(tmp_path / "docs", 3)
    run(tmp_path / "index", docs, hire=processes())
    with Store.open(tmp_path / "index", embedder_name=None) as store:
        assert len(list(remove(store, "001.txt"))) == 1
    assert any(isinstance(e, Skipped) for e in run(tmp_path / "index", docs, hire=processes()))
    run(tmp_path / "index", docs / "001.txt", hire=processes())
    assert len(content(tmp_path / "index")) == 3


def test_empty_folder_takes_its_documents_only_when_pruned(tmp_path: Path) -> None:
    docs = fill(tmp_path / "docs", 3)
    run(tmp_path / "index", docs, hire=processes())
    for path in docs.iterdir():
        path.unlink()
    run(tmp_path / "index", docs, hire=processes())
    assert len(content(tmp_path / "index")) == 3
    pruning = IndexingSettings(hire=processes(), prune=True)
    events = run(tmp_path / "index", docs, hire=None, settings=pruning)
    assert sum(isinstance(event, Removed) for event in events) == 3


@pytest.mark.slow
def test_worker_killed_in_the_middle_costs_no_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    docs = fill(tmp_path / "docs", 24)
    killer = Thread(target=kill_first_worker)
    killer.start()
    folder, settings = tmp_path / "index", IndexingSettings(hire=processes(crews.slow))
    events = []
    with Store.open(folder, embedder_name=HashingEmbedder.name, create=True) as store:
        for event in index(store, [docs], embedder=HashingEmbedder(), settings=settings):
            events.append(event)
            if sum(isinstance(event, Committed) for event in events) in (1, 9):
                os.kill(workers_of(os.getpid())[-1], signal.SIGKILL)
    killer.join()
    assert "SIGKILL" in caplog.text
    assert not [event for event in events if isinstance(event, Failed)]
    run(tmp_path / "plain", docs, hire=None)
    assert content(tmp_path / "index") == content(tmp_path / "plain")
    assert workers_of(os.getpid()) == []


def kill_first_worker() -> None:
    wait_until(lambda: workers_of(os.getpid()))
    os.kill(workers_of(os.getpid())[0], signal.SIGKILL)


def workers_of(parent: int) -> list[int]:
    return [pid for pid in children_of(parent) if is_worker(pid)]


def is_worker(pid: int) -> bool:
    try:
        return b"from index.processes import main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def start_holder(folder: Path, docs: Path) -> subprocess.Popen[str]:
    line = [sys.executable, "-c", HOLDER, str(folder), str(docs)]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def committed_by(holder: subprocess.Popen[str], count: int) -> set[str]:
    """Return the first files that a run has acknowledged."""
    paths: set[str] = set()
    assert holder.stdout
    while len(paths) < count:
        event = json.loads(holder.stdout.readline())
        paths |= {event["path"]} if event["event"] == "committed" else set()
    return paths


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_stopped_run_leaves_no_process_and_goes_on_where_it_was(
    how: signal.Signals, tmp_path: Path
) -> None:
    docs = fill(tmp_path / "docs", 24)
    with start_holder(tmp_path / "index", docs) as holder:
        acknowledged = committed_by(holder, 3)
        workers = children_of(holder.pid)
        assert len(workers_of(holder.pid)) == 2
        holder.send_signal(how)
        begun = time.monotonic()
        assert holder.wait() != 0
        assert time.monotonic() - begun < 10
    wait_until(lambda: not any(Path(f"/proc/{pid}/cwd").exists() for pid in workers))
    with Store.open(tmp_path / "index", embedder_name=HashingEmbedder.name) as store:
        assert acknowledged <= {summary.path for summary in store.documents()}
        before = len(store.documents())
        left = unfinished(store)
        assert (left.shards, left.done) == (12, before // 2)
    events = run(tmp_path / "index", docs, hire=processes())
    assert sum(isinstance(event, Committed) for event in events) == 24 - before
    run(tmp_path / "plain", docs, hire=None)
    assert content(tmp_path / "index") == content(tmp_path / "plain")


def test_worker_without_embedder_indexes_for_keywords_with_one_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    docs = fill(tmp_path / "docs", 12)
    run(tmp_path / "index", docs, hire=processes(crews.missing))
    warned = [line for line in caplog.messages if "the weights are not there" in line]
    assert len(warned) == 1
    with Store.open(tmp_path / "index", embedder_name=HashingEmbedder.name) as store:
        assert store.counts().documents == 12
        assert store.counts().embedded == 0
    run(tmp_path / "index", docs, hire=processes())  # and now there is one
    run(tmp_path / "plain", docs, hire=None)
    assert content(tmp_path / "index").keys() == content(tmp_path / "plain").keys()
    with Store.open(tmp_path / "index", embedder_name=HashingEmbedder.name) as store:
        assert store.counts().embedded == store.counts().passages


def test_worker_with_another_embedder_is_refused(tmp_path: Path) -> None:
    docs = fill(tmp_path / "docs", 2)
    with pytest.raises(CrewError, match="other:64, the index's is hashing:64: install the same"):
        run(tmp_path / "index", docs, hire=processes(crews.other))


def test_workers_that_cannot_begin_end_the_run_with_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [])  # which they look for our code in
    docs = fill(tmp_path / "docs", 2)
    with pytest.raises(CrewError, match="cannot read files, it ended with exit code 1"):
        run(tmp_path / "index", docs, hire=processes())


def test_without_a_file_to_read_nobody_is_hired(tmp_path: Path) -> None:
    docs = fill(tmp_path / "docs", 2)
    run(tmp_path / "index", docs, hire=None)
    os.utime(docs / "000.txt", (1, 1))
    os.utime(docs / "001.txt", (1, 1))
    time.sleep(2.1)  # until their times prove that they have not changed
    run(tmp_path / "index", docs, hire=None)

    def hire(job: Job) -> Crew:
        raise AssertionError(job)

    (done,) = [e for e in run(tmp_path / "index", docs, hire=hire) if isinstance(e, Done)]
    assert done.unchanged == 2


def test_no_more_is_handed_out_than_there_is_room_for(tmp_path: Path) -> None:
    docs = fill(tmp_path / "docs", 40)
    most: list[int] = []

    class Watched(ProcessCrew):
        def give(self, shard: Shard) -> None:
            super().give(shard)
            most.append(self.outstanding)

    recipe = Recipe(None, crews.hashing)
    run(tmp_path / "index", docs, hire=partial(Watched, recipe=recipe, count=3, threads=1))
    assert max(most) == 3
    assert len(most) == 10


def test_cluster_without_dask_is_an_error_that_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    hire = partial(DaskCrew, recipe=Recipe(None, crews.hashing), address="tcp://127.0.0.1:1")
    with pytest.raises(CrewError, match=r"pip install 'document-assistant\[scale\]'"):
        run(tmp_path / "index", fill(tmp_path / "docs", 1), hire=hire)
