from __future__ import annotations

from collections import deque
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from index import foreman
from index.catalogue import tables
from index.catalogue.ledger import Plan
from index.crew import Died, Finished, Outcome, Recipe, Shard, outcomes
from index.events import Committed, Failed
from index.processes import ProcessCrew
from index.store import Store
from tests.index import crews
from tests.index.crews import POISON, content, fill, processes, run, unfinished


@pytest.fixture(autouse=True)
def _small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreman, "_FILES", 4)
    monkeypatch.setattr(foreman, "_SHARDS", 1)


@pytest.mark.slow
def test_poisonous_file_is_named_and_suspected_files_go_alone(tmp_path: Path) -> None:
    docs = fill(tmp_path / "docs", 5)
    (docs / "000-poison.txt").write_text(f"There is {POISON} in it.")
    beside: list[int] = []

    class Watched(ProcessCrew):
        def collect(self) -> list[Outcome]:
            if any(worker.shard and worker.shard.is_alone for worker in self._workers):
                beside.append(self.outstanding)
            return super().collect()

    recipe = Recipe(None, crews.deadly)
    hire = partial(Watched, recipe=recipe, count=2, threads=1)
    events = run(tmp_path / "index", docs, hire=hire)
    (failed,) = [event for event in events if isinstance(event, Failed)]
    assert failed.path == "000-poison.txt"
    assert "3 workers died of it (SIGKILL)" in failed.reason
    assert len(content(tmp_path / "index")) == 5
    assert len(beside) >= 4  # of one shard
    assert set(beside) == {1}


@pytest.mark.slow
def test_deaths_are_remembered_by_the_next_run(tmp_path: Path) -> None:
    docs = fill(tmp_path / "docs", 3)
    (docs / "poison.txt").write_text(f"There is {POISON} in it.")
    with Store.open(tmp_path / "index", embedder_name=None, create=True) as store:
        plan_again(store, foreman.name_of_run([docs]), "poison.txt")
        plan_again(store, "of other paths", "000.txt")
    events = run(tmp_path / "index", docs, hire=processes(crews.deadly, count=1))
    (failed,) = [event for event in events if isinstance(event, Failed)]
    assert "3 workers died of it" in failed.reason
    with Store.open(tmp_path / "index", embedder_name=None) as store:
        left = unfinished(store)
    assert (left.shards, left.done) == (1, 0)


@pytest.mark.slow
@pytest.mark.parametrize("has_changed", [True, False], ids=["changed", "as it was"])
def test_text_of_a_file_goes_when_it_was_changed_into_one_that_kills_workers(
    tmp_path: Path, has_changed: bool
) -> None:
    docs = fill(tmp_path / "docs", 1)
    poison = docs / "poison.txt"
    poison.write_text("There is cream in it." if has_changed else f"There is {POISON} in it.")
    run(tmp_path / "index", docs, hire=None)
    poison.write_text(f"There is {POISON} in it.")
    with Store.open(tmp_path / "index", embedder_name=None) as store:
        plan_again(store, foreman.name_of_run([docs]), "poison.txt")
        if not has_changed:
            forget_embedder(store)
    events = run(tmp_path / "index", docs, hire=processes(crews.deadly, count=1))
    (failed,) = [event for event in events if isinstance(event, Failed)]
    assert failed.reason.endswith("before is removed") == has_changed
    assert ("poison.txt" not in content(tmp_path / "index")) == has_changed


def forget_embedder(store: Store) -> None:
    """Let every document be looked at again."""
    with store.catalogue._database.writing() as connection:
        connection.execute(tables.documents.update().values(embedder="an earlier one"))


def plan_again(store: Store, run_name: str, path: str) -> None:
    with store.catalogue.ledger() as ledger:
        ledger.plan(run_name, [Plan((("docs", path),), 2, is_alone=True)])


def test_shards_are_cut_by_count_and_by_size(tmp_path: Path) -> None:
    docs = fill(tmp_path / "docs", 9)
    (docs / "005.txt").write_text("The council met. " * 2**16)
    sizes: list[int] = []

    class Watched(ProcessCrew):
        def give(self, shard: Shard) -> None:
            sizes.append(len(shard.candidates))
            super().give(shard)

    recipe = Recipe(None, crews.hashing)
    run(tmp_path / "index", docs, hire=partial(Watched, recipe=recipe, count=1, threads=1))
    assert sizes == [4, 1, 1, 3]


def test_few_files_are_work_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreman, "_SHARDS", 3)
    docs = fill(tmp_path / "docs", 6)
    events = run(tmp_path / "index", docs, hire=processes(count=1))
    assert len({event.generation for event in events if isinstance(event, Committed)}) >= 3


class Ward(AbstractContextManager["Ward"]):
    """Workers who die of each shard once, all at the same time."""

    has_room = True

    def __init__(self) -> None:
        self.out: list[Shard] = []
        self.together: list[list[int]] = []

    @property
    def outstanding(self) -> int:
        return len(self.out)

    def give(self, shard: Shard) -> None:
        self.out.append(shard)
        self.together.append([each.number for each in self.out])

    def collect(self) -> list[Outcome]:
        ended, self.out = self.out, []
        dead, done = Died("a worker", "SIGKILL"), Finished("a worker", ())
        return [(shard, done if shard.attempts else dead) for shard in ended]

    def __exit__(self, *_: object) -> None:
        pass


def test_suspect_is_never_handed_out_beside_a_shard_that_has_just_cost_a_worker() -> None:
    ward = Ward()
    pending = deque([Shard(1, ()), Shard(2, ()), Shard(3, (), is_alone=True)])
    for shard, outcome in outcomes(ward, pending):
        if isinstance(outcome, Died):
            pending.appendleft(replace(shard, attempts=1))
    assert {3} == {number for out in ward.together if 3 in out for number in out}
    assert ward.together[-1] == [3]
