from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from assistant.evaluation.runs import find, keep, listing, load
from index.errors import ConfigurationError
from tests.assistant.evaluation.made_runs import figure, run


def started(at: str, test_set: str = "dev.jsonl") -> dict[str, Any]:
    made = run()
    return {**made, "settings": made["settings"] | {"started_at": at, "test_set": test_set}}


def test_a_kept_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    made = run()
    path = keep(tmp_path, made)
    assert path == tmp_path / "runs" / "20261122T152000Z-dev.jsonl.json"
    assert load(path) == made
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_name_counts_its_time_in_utc(tmp_path: Path) -> None:
    assert keep(tmp_path, started("2026-11-22T01:20:00+02:00")).name.startswith("20261121T232000Z-")
    assert keep(tmp_path, started("2026-11-22T01:20:00")).name.startswith("20261122T012000Z-")


@pytest.mark.parametrize(
    ("test_set", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("..", "document"),
        ("a\\b", "b"),
        ("a\nb\x00", "a b"),
        ("\u00e9t\u00e9 2026", "\u00e9t\u00e9 2026"),
    ],
)
def test_the_name_of_a_test_set_leads_out_of_no_folder(
    tmp_path: Path, test_set: str, name: str
) -> None:
    path = keep(tmp_path, started("2026-11-22T15:20:00Z", test_set))
    assert path == tmp_path / "runs" / f"20261122T152000Z-{name}.json"
    assert listing(tmp_path)[0].test_set == test_set


def test_the_longest_name_can_be_written(tmp_path: Path) -> None:
    path = keep(tmp_path, started("2026-11-22T15:20:00Z", "x" * 300 + "." + "y" * 300))
    assert len(path.name) < 250
    assert find(tmp_path, path.stem) == path


def test_runs_are_listed_by_their_start(tmp_path: Path) -> None:
    for at in ("2026-11-22T15:20:00+00:00", "2025-01-01T00:00:00Z", "2026-11-22T16:00:00+02:00"):
        keep(tmp_path, started(at))
    found = listing(tmp_path)
    assert [each.started_at.isoformat() for each in found] == [
        "2025-01-01T00:00:00+00:00",
        "2026-11-22T14:00:00+00:00",
        "2026-11-22T15:20:00+00:00",
    ]
    assert (found[0].test_set, found[0].questions) == ("dev.jsonl", 3)
    assert found[0].metrics["f1"] == figure(0.767)
    assert [find(tmp_path, each.name) for each in found] == sorted((tmp_path / "runs").iterdir())


def test_an_index_without_runs_lists_none(tmp_path: Path) -> None:
    assert listing(tmp_path) == []
    assert find(tmp_path, "20261122T152000Z-dev.jsonl") is None


def test_a_run_written_anew_is_listed_anew(tmp_path: Path) -> None:
    keep(tmp_path, run())
    listing(tmp_path)
    keep(tmp_path, run(metrics={"f1": figure(0.25)}))
    assert [each.metrics["f1"]["value"] for each in listing(tmp_path)] == [0.25]


def without(section: str) -> dict[str, Any]:
    return {name: given for name, given in run().items() if name != section}


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (json.dumps(run())[:-5].encode(), "not JSON"),
        (b"[]", "lacks what a run holds"),
        (json.dumps(without("metrics")).encode(), "lacks what a run holds"),
        (json.dumps({**run(), "settings": {}}).encode(), "lacks what a run holds"),
        (json.dumps(without("version")).encode(), "its version is None, not 1"),
        (json.dumps({**run(), "version": 2}).encode(), "its version is 2, not 1"),
        (json.dumps(started("yesterday")).encode(), "does not say when it started"),
        (json.dumps(started("0001-01-01T00:00:00+09:00")).encode(), "not say when it started"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_a_damaged_run_is_named_with_its_remedy_and_passed_over_in_lists(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, written: bytes, reason: str
) -> None:
    whole = keep(tmp_path, run())
    damaged = whole.with_name("damaged.json")
    damaged.write_bytes(written)
    with pytest.raises(ConfigurationError, match=reason) as raised:
        load(damaged)
    assert str(raised.value).startswith(f"{damaged}: ")
    assert "assistant evaluate --json" in str(raised.value)
    with caplog.at_level(logging.WARNING):
        assert [each.name for each in listing(tmp_path)] == [whole.stem]
    assert str(damaged) in caplog.text


@pytest.mark.parametrize("broken", [None, 0.5, {"value": 0.5}, figure(float("nan"))])
def test_a_run_with_a_broken_figure_is_passed_over_in_lists(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, broken: object
) -> None:
    keep(tmp_path, run(metrics={"f1": broken}))
    with caplog.at_level(logging.WARNING):
        assert listing(tmp_path) == []
    assert "its f1 is no figure with its interval" in caplog.text


def test_a_missing_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"none\.json: cannot be read"):
        load(tmp_path / "none.json")
