from __future__ import annotations

import os
from pathlib import Path

import pytest

from index.catalogue.entries import Entry, Root, Stamp
from index.crew import Finished, Job, Recipe, Refused, Shard
from index.hand import Hand
from index.preparing import Candidate, Prepared, Rejected
from index.roots import FoundFile, Scope
from tests.index import crews
from torture.models import HashingEmbedder

LOADED: list[str | None] = []


def counted(model: str | None, *, threads: int) -> HashingEmbedder:
    LOADED.append(model)
    return HashingEmbedder()


def hand(recipe: Recipe, *, is_far: bool = True) -> Hand:
    return Hand(Job(HashingEmbedder.name, 1000), recipe, threads=1, name="it", is_far=is_far)


def made(worker: Hand, *files: FoundFile) -> tuple[Prepared, ...]:
    candidates = [Candidate(file, Scope(Root("docs", file.path.parent), file.path.parent), None)
                  for file in files]  # fmt: skip
    finished = worker.work(Shard(1, tuple(candidates)))
    assert isinstance(finished, Finished)
    return finished.items


@pytest.fixture
def file(tmp_path: Path) -> FoundFile:
    path = tmp_path / "a.txt"
    path.write_text("The council met in Rome.")
    return FoundFile(path, "a.txt", Stamp.of(path.stat()))


@pytest.mark.parametrize("is_far", [True, False])
def test_file_of_another_time_than_where_the_run_was_started_is_not_taken_from_afar(
    file: FoundFile, is_far: bool
) -> None:
    worker = hand(Recipe(None, crews.hashing), is_far=is_far)
    [item] = made(worker, file)
    assert isinstance(item, Entry)
    os.utime(file.path, ns=(1, 1))
    [item] = made(worker, file)
    assert isinstance(item, Rejected) == is_far
    if isinstance(item, Rejected):
        assert item.reason.startswith("not readable on worker it: it has another size or time")


def test_embedder_is_loaded_once_for_all_runs_with_the_same_recipe(file: FoundFile) -> None:
    LOADED.clear()
    for model in ("one", "other", "one", "other"):
        made(hand(Recipe(model, counted)), file)
    assert LOADED == ["one", "other"]


def test_embedder_that_is_another_one_is_looked_for_again(file: FoundFile) -> None:
    for _ in range(2):
        LOADED.clear()
        worker = Hand(Job("other:64", 1000), Recipe("again", counted), threads=1, name="it")
        assert isinstance(worker.work(Shard(1, ())), Refused)
        assert LOADED == ["again"]
