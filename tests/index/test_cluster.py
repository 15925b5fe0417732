"""Indexing with the workers of a Dask cluster."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Thread

import pytest

from index import foreman
from index.cluster import DaskCrew
from index.crew import Hire, Job, Recipe, Shard
from index.errors import ConfigurationError, CrewError
from index.events import Committed, Event, Failed
from index.ingest import IndexingSettings, index
from index.store import Store
from tests.index import crews
from tests.index.clusters import ROOT, Cluster, cluster_of, end, make_certificates
from tests.index.crews import POISON, SAMPLE, content, fill, run
from tests.waiting import wait_until
from torture.models import HashingEmbedder

pytest.importorskip("distributed", reason="needs the extra `scale`")
pytestmark = [pytest.mark.scale, pytest.mark.slow]

HOLDER = """
import json, sys
from functools import partial
from pathlib import Path
from index import foreman
from index.cluster import DaskCrew
from index.crew import Recipe
from index.events import event_json
from index.ingest import IndexingSettings, index
from index.store import Store
from tests.index import crews
from torture.models import HashingEmbedder
foreman._FILES, foreman._SHARDS = 2, 1
hire = partial(DaskCrew, recipe=Recipe(None, crews.slow), address=sys.argv[3])
with Store.open(Path(sys.argv[1]), embedder_name=HashingEmbedder.name, create=True) as store:
    settings = IndexingSettings(hire=hire)
    for event in index(store, [Path(sys.argv[2])], embedder=HashingEmbedder(), settings=settings):
        print(json.dumps(event_json(event)), flush=True)
"""


@pytest.fixture(autouse=True)
def _small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreman, "_FILES", 2)
    monkeypatch.setattr(foreman, "_SHARDS", 1)


def follow(folder: Path, docs: Path, hire: Hire) -> Iterator[Event]:
    settings = IndexingSettings(hire=hire)
    with Store.open(folder, embedder_name=HashingEmbedder.name, create=True) as store:
        yield from index(store, [docs], embedder=HashingEmbedder(), settings=settings)


def is_complete(tmp_path: Path, docs: Path) -> bool:
    """Tell whether the index is what a plain run makes."""
    run(tmp_path / "plain", docs, hire=None)
    return content(tmp_path / "index") == content(tmp_path / "plain")


def test_cluster_makes_the_same_index_as_one_process(tmp_path: Path) -> None:
    with cluster_of(2, tmp_path / "cluster") as cluster:
        run(tmp_path / "index", SAMPLE, hire=cluster.hire())
    assert is_complete(tmp_path, SAMPLE)


def test_killed_workers_cost_no_file_and_new_ones_take_their_place(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    docs = fill(tmp_path / "docs", 40)
    with cluster_of(2, tmp_path / "cluster", "--no-nanny") as cluster:
        events = []

        def come_again() -> None:
            wait_until(lambda: "has no workers; waiting" in caplog.text)
            cluster.start_workers(2, "--no-nanny")

        rescue = Thread(target=come_again)
        for event in follow(tmp_path / "index", docs, cluster.hire(crews.slow)):
            events.append(event)
            committed = sum(isinstance(event, Committed) for event in events)
            if committed == 1:
                end(cluster.workers.pop())  # one of two, at work
            if committed == 11 and isinstance(event, Committed):
                cluster.kill_workers()
                rescue.start()
        rescue.join()
    assert not [event for event in events if isinstance(event, Failed)]
    assert sum(isinstance(event, Committed) for event in events) == 40
    assert is_complete(tmp_path, docs)


def test_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    docs = fill(tmp_path / "docs", 30)
    with cluster_of(2, tmp_path / "cluster") as cluster:
        line = [sys.executable, "-c", HOLDER, str(tmp_path / "index"), str(docs), cluster.address]
        with subprocess.Popen(line, stdout=subprocess.PIPE, text=True, cwd=ROOT) as holder:
            assert holder.stdout
            told = [json.loads(holder.stdout.readline()) for _ in range(5)]
            holder.kill()
        acknowledged = {event["path"] for event in told if event["event"] == "committed"}
        with Store.open(tmp_path / "index", embedder_name=HashingEmbedder.name) as store:
            before = {summary.path for summary in store.documents()}
        assert acknowledged <= before
        events = run(tmp_path / "index", docs, hire=cluster.hire())
        again = {event.path for event in events if isinstance(event, Committed)}
    assert not again & before
    assert len(again | before) == 30
    assert is_complete(tmp_path, docs)


def test_lost_scheduler_is_an_error_and_the_next_run_finishes(tmp_path: Path) -> None:
    docs = fill(tmp_path / "docs", 30)
    with cluster_of(2, tmp_path / "cluster") as cluster:
        events = follow(tmp_path / "index", docs, cluster.hire(crews.slow))
        committed = next(event for event in events if isinstance(event, Committed))
        end(cluster.scheduler)
        cluster.kill_workers()
        begun = time.monotonic()
        with pytest.raises(CrewError, match="is gone: start it again"):
            list(events)
        assert time.monotonic() - begun < 10
        cluster.start_scheduler()
        cluster.start_workers(2)
        again = run(tmp_path / "index", docs, hire=cluster.hire())
    assert committed.path not in {event.path for event in again if isinstance(event, Committed)}
    assert is_complete(tmp_path, docs)


def test_poisonous_file_is_named_and_the_rest_is_in(tmp_path: Path) -> None:
    docs = fill(tmp_path / "docs", 8)
    (docs / "004-poison.txt").write_text(f"There is {POISON} in it.")
    with cluster_of(2, tmp_path / "cluster") as cluster:
        events = run(tmp_path / "index", docs, hire=cluster.hire(crews.deadly))
    (failed,) = [event for event in events if isinstance(event, Failed)]
    assert failed.path == "004-poison.txt"
    assert "4 workers died of it" in failed.reason
    assert len(content(tmp_path / "index")) == 8


def test_no_more_is_handed_out_than_workers_need(tmp_path: Path) -> None:
    docs = fill(tmp_path / "docs", 60)
    most: list[int] = []

    class Watched(DaskCrew):
        def give(self, shard: Shard) -> None:
            super().give(shard)
            most.append(self.outstanding)

    recipe = Recipe(None, crews.hashing)
    with cluster_of(2, tmp_path / "cluster") as cluster:
        hire = partial(Watched, recipe=recipe, address=cluster.address)
        run(tmp_path / "index", docs, hire=hire)
    assert len(most) == 30
    assert max(most) == 4


def test_files_that_a_worker_cannot_see_are_told_with_its_name(tmp_path: Path) -> None:
    docs = fill(tmp_path / "docs", 3)

    class Hiding(DaskCrew):
        def give(self, shard: Shard) -> None:
            for candidate in shard.candidates:
                candidate.file.path.unlink()
            super().give(shard)

    with cluster_of(1, tmp_path / "cluster") as cluster:
        hire = partial(Hiding, recipe=Recipe(None, crews.hashing), address=cluster.address)
        events = run(tmp_path / "index", docs, hire=hire)
    failed = [event for event in events if isinstance(event, Failed)]
    assert len(failed) == 3
    assert all(f"not readable on worker {socket.gethostname()}" in one.reason for one in failed)


def test_worker_with_other_code_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    docs = fill(tmp_path / "docs", 3)
    monkeypatch.setattr("index.cluster.digest_of_code", lambda: "of another version")
    with (
        cluster_of(1, tmp_path / "cluster") as cluster,
        pytest.raises(CrewError, match="runs another version of document-assistant"),
    ):
        run(tmp_path / "index", docs, hire=cluster.hire())


def test_scheduler_that_does_not_answer_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.cluster._CONNECTING", 1.0)
    with pytest.raises(CrewError, match="no Dask scheduler answers at"):
        DaskCrew(Job("", 1), recipe=Recipe(None, crews.hashing), address="tcp://127.0.0.1:1")


@pytest.mark.parametrize("address", ["nonsense", "nonsense://1:1", "tcp://127.0.0.1", "tcp://"])
def test_address_of_another_form_is_refused_at_once(address: str) -> None:
    with pytest.raises(ConfigurationError, match="name a scheduler as tcp://HOST:8786"):
        DaskCrew(Job("", 1), recipe=Recipe(None, crews.hashing), address=address)


def test_cluster_as_it_is_documented_listens_on_loopback_alone(tmp_path: Path) -> None:
    import psutil

    with cluster_of(1, tmp_path / "cluster") as cluster:
        run(tmp_path / "index", SAMPLE, hire=cluster.hire())
        ours = [psutil.Process(process.pid) for process in (cluster.scheduler, *cluster.workers)]
        ours += [child for process in ours for child in process.children(recursive=True)]
        sockets = [one for process in ours for one in process.net_connections("tcp")]
    listening = [one.laddr.ip for one in sockets if one.status == psutil.CONN_LISTEN]
    assert len(listening) >= 4
    assert set(listening) == {"127.0.0.1"}


def test_tls_addresses_use_the_certificates_of_dasks_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs = fill(tmp_path / "docs", 6)
    authority, certificate, key = make_certificates(tmp_path)
    import dask

    files = {"ca-file": str(authority)}
    for role in ("scheduler", "worker", "client"):
        files |= {f"{role}.cert": str(certificate), f"{role}.key": str(key)}
    environment = {
        f"DASK_DISTRIBUTED__COMM__TLS__{name.replace('-', '_').replace('.', '__').upper()}": value
        for name, value in files.items()
    }
    (tmp_path / "cluster").mkdir()
    cluster = Cluster(tmp_path / "cluster", "tls", **environment)
    try:
        cluster.start_workers(1)
        monkeypatch.setattr("index.cluster._CONNECTING", 3.0)
        with pytest.raises(CrewError, match="no Dask scheduler answers at tls:"):
            run(tmp_path / "index", docs, hire=cluster.hire())  # it has no certificate
        with dask.config.set({f"distributed.comm.tls.{name}": at for name, at in files.items()}):
            run(tmp_path / "index", docs, hire=cluster.hire())
    finally:
        cluster.close()
    assert is_complete(tmp_path, docs)
