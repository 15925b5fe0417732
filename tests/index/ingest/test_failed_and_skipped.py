from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from index.events import Done, Failed, Removed, Skipped
from index.store import Store
from tests.index.ingest.runs import Run, of, paths


def test_file_that_cannot_be_read_is_reported_and_the_rest_indexed(
    run: Run, docs: Path, store: Store
) -> None:
    (docs / "empty.txt").write_bytes(b"")
    (docs / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    events = run()
    failed = of(Failed, events)
    assert [event.path for event in failed] == ["broken.pdf", "empty.txt"]
    assert "empty" in failed[1].reason
    assert "docs" not in failed[1].reason
    assert paths(store) == ["rome.txt", "south/kabul.md"]
    assert of(Done, events)[0].failed == 2


def test_document_whose_file_can_no_longer_be_read_goes(run: Run, docs: Path, store: Store) -> None:
    run()
    (docs / "rome.txt").write_bytes(b"")
    [failed] = of(Failed, run())
    assert failed.reason.endswith("what was indexed of it before is removed")
    assert paths(store) == ["south/kabul.md"]


def test_document_whose_file_cannot_be_opened_stays(
    run: Run, docs: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()

    def refuse(path: Path, *how: Any, **options: Any) -> int:
        if Path(path).is_relative_to(docs):
            raise PermissionError(13, "Permission denied", str(path))
        return unchanged(path, *how, **options)

    unchanged = os.open
    (docs / "rome.txt").write_text("Another text.")
    monkeypatch.setattr(os, "open", refuse)  # for a superuser no file mode does it
    assert [(event.path, event.reason) for event in of(Failed, run())] == [
        ("rome.txt", "Permission denied"),
        ("south/kabul.md", "Permission denied"),
    ]
    assert paths(store) == ["rome.txt", "south/kabul.md"]


def test_hidden_large_and_unknown_files_are_skipped_and_said_so(run: Run, docs: Path) -> None:
    (docs / ".notes.txt").write_text("hidden")
    (docs / "image.png").write_bytes(b"png")
    (docs / "large.txt").write_text("x" * 200)
    events = run(max_bytes=100)
    skipped = {event.path: event.reason for event in of(Skipped, events)}
    assert set(skipped) == {str(docs), "image.png", "large.txt"}
    assert skipped[str(docs)].startswith("1 hidden")
    assert skipped["image.png"] == "no reader for .png"
    assert "over the limit" in skipped["large.txt"]
    assert of(Done, events)[0].skipped == 3


@pytest.mark.parametrize("empty", [True, False], ids=["empty", "missing"])
def test_missing_or_empty_folder_deletes_nothing_unless_pruned(
    run: Run, docs: Path, store: Store, *, empty: bool
) -> None:
    run()
    docs.rename(docs.with_name("moved"))
    if empty:
        docs.mkdir()
    [told] = [event for event in run() if isinstance(event, Skipped if empty else Failed)]
    assert "2 documents indexed of it stay" in told.reason
    assert len(paths(store)) == 2
    assert len(of(Removed, run(prune=True))) == 2
    assert paths(store) == []


def test_path_that_never_was_is_a_failure(run: Run, tmp_path: Path, store: Store) -> None:
    [failed] = of(Failed, run(tmp_path / "nowhere"))
    assert failed.reason == "no such file or folder"
    assert store.generation <= 1
