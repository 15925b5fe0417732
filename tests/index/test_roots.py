from __future__ import annotations

import os
from pathlib import Path

import pytest

from index.catalogue.entries import Root, Stamp
from index.roots import Scan, ScanRules, read_file, scan, scope_of

SECOND = 1_000_000_000


def rules(tmp_path: Path, *, max_bytes: int = 100) -> ScanRules:
    return ScanRules(
        frozenset({".txt"}), max_bytes, tmp_path / "index", {tmp_path / "docs" / "own"}
    )


def scanned(tmp_path: Path, path: Path | None = None) -> Scan:
    root = Root("docs", tmp_path / "docs")
    return scan(scope_of(path or root.path, [root]), rules(tmp_path))


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    (folder / "deep" / "deeper").mkdir(parents=True)
    (folder / "a.txt").write_text("a")
    (folder / "deep" / "deeper" / "b.TXT").write_text("b")
    return folder


def test_files_of_any_depth_are_found_by_their_relative_path(tmp_path: Path, docs: Path) -> None:
    found = scanned(tmp_path)
    assert [file.relative for file in found.files] == ["a.txt", "deep/deeper/b.TXT"]
    assert found.passed_over == ()
    assert [file.relative for file in scanned(tmp_path, docs / "deep").files] == [
        "deep/deeper/b.TXT"
    ]
    assert [file.relative for file in scanned(tmp_path, docs / "a.txt").files] == ["a.txt"]


def test_hidden_files_and_folders_are_counted_in_one_line(tmp_path: Path, docs: Path) -> None:
    (docs / ".hidden").mkdir()
    (docs / ".hidden" / "c.txt").write_text("c")
    (docs / "deep" / ".c.txt").write_text("c")
    found = scanned(tmp_path)
    assert len(found.files) == 2
    [(path, reason)] = found.passed_over
    assert path == str(docs)
    assert reason.startswith("2 hidden")


def test_what_is_passed_over_is_said_with_its_reason(tmp_path: Path, docs: Path) -> None:
    (docs / "big.txt").write_bytes(b"x" * 101)
    (docs / "image.jpg").write_text("")
    (docs / "README").write_text("")
    os.mkfifo(docs / "pipe.txt")
    assert dict(scanned(tmp_path).passed_over) == {
        "big.txt": "0.0 MiB, over the limit of 9.53674e-05 MiB",
        "image.jpg": "no reader for .jpg",
        "README": "no reader for a file without a suffix",
        "pipe.txt": "no regular file",
    }


LOOP = "a link that leads to itself, not followed"
NOTHING = "a link to a folder or to nothing, not followed"


def test_path_that_is_too_long_for_a_database_is_passed_over(tmp_path: Path, docs: Path) -> None:
    for name in ("d" * 194, "d" * 195):
        folder = docs.joinpath(*["d" * 199] * 4, name)
        folder.mkdir(parents=True)
        (folder / "a.txt").write_text("a")
    found = scanned(tmp_path)
    assert max(len(file.relative) for file in found.files) == 1000
    [(path, reason)] = found.passed_over
    assert (len(path), "over 1000 bytes" in reason) == (1001, True)


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path, docs: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (docs / "inside.txt").symlink_to(docs / "a.txt")
    (docs / "outside.txt").symlink_to(tmp_path / "secret.txt")
    (docs / "broken.txt").symlink_to(docs / "nothing.txt")
    (docs / "loop").symlink_to(docs)
    (docs / "to.txt").symlink_to(docs / "fro.txt")
    (docs / "fro.txt").symlink_to(docs / "to.txt")
    found = scanned(tmp_path)
    assert [file.relative for file in found.files] == ["a.txt", "deep/deeper/b.TXT", "inside.txt"]
    reasons = dict(found.passed_over)
    assert {reasons.pop("to.txt"), reasons.pop("fro.txt")} <= {LOOP, NOTHING}  # by Python's version
    assert reasons == {
        "outside.txt": "a link that leads out of the folder, not followed",
        "broken.txt": "a link to a folder or to nothing, not followed",
        "loop": "a link to a folder or to nothing, not followed",
    }


def test_names_that_are_no_text_are_passed_over_and_odd_ones_are_not(
    tmp_path: Path, docs: Path
) -> None:
    (docs / "two\nlines.txt").write_text("a")
    os.close(os.open(os.fsencode(docs) + b"/\xff.txt", os.O_CREAT | os.O_WRONLY))
    found = scanned(tmp_path)
    assert "two\nlines.txt" in [file.relative for file in found.files]
    assert found.passed_over == (("\\xff.txt", "its name is no valid UTF-8: rename it"),)


def test_the_index_itself_is_not_entered(tmp_path: Path, docs: Path) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "uploaded.txt").write_text("a")
    around = scan(scope_of(tmp_path, []), rules(tmp_path))
    assert [file.relative for file in around.files] == ["docs/a.txt", "docs/deep/deeper/b.TXT"]
    uploads = tmp_path / "index" / "uploads"
    uploads.mkdir()
    (uploads / "sent.txt").write_text("a")
    assert [file.relative for file in scan(scope_of(uploads, []), rules(tmp_path)).files] == [
        "sent.txt"
    ]


def test_the_index_is_known_behind_a_link(tmp_path: Path, docs: Path) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "uploaded.txt").write_text("a")
    (tmp_path / "link").symlink_to(tmp_path)
    around = scan(scope_of(tmp_path / "link", []), rules(tmp_path))
    assert [file.relative for file in around.files] == ["docs/a.txt", "docs/deep/deeper/b.TXT"]


def test_another_root_below_is_not_entered_and_said_so(tmp_path: Path, docs: Path) -> None:
    (docs / "own").mkdir()
    (docs / "own" / "c.txt").write_text("c")
    found = scanned(tmp_path)
    assert [file.relative for file in found.files] == ["a.txt", "deep/deeper/b.TXT"]
    assert found.passed_over == (("own", "a root of its own: index it by its own path"),)
    own = scan(scope_of(docs / "own", [Root("own", docs / "own")]), rules(tmp_path))
    assert [file.relative for file in own.files] == ["c.txt"]


def test_folder_that_cannot_be_read_leaves_its_files_unsure(tmp_path: Path, docs: Path) -> None:
    found = Scan((), (), unreadable=("deep",))
    assert found.is_unsure_of("deep/deeper/b.TXT")
    assert not found.is_unsure_of("deeper.txt")


def test_new_root_has_the_name_of_its_folder(tmp_path: Path, docs: Path) -> None:
    assert scope_of(docs, []).root == Root("docs", docs)
    assert scope_of(docs / "a.txt", []).root == Root("docs", docs)


def test_second_root_of_a_name_gets_a_number(tmp_path: Path, docs: Path) -> None:
    others = [Root("docs", tmp_path / "x" / "docs"), Root("docs-2", tmp_path / "y" / "docs")]
    assert scope_of(docs, others).root == Root("docs-3", docs)


def test_path_within_a_root_belongs_to_it(tmp_path: Path, docs: Path) -> None:
    root = Root("docs", docs)
    inner = Root("deeper", docs / "deep" / "deeper")
    assert scope_of(docs / "deep", [root, inner]).root == root
    assert scope_of(docs / "deep" / "deeper" / "b.TXT", [root, inner]).root == inner
    scope = scope_of(docs / "deep", [root])
    assert scope.holds("deep/deeper/b.TXT")
    assert not scope.holds("deeper.txt")
    assert scope_of(docs, [root]).holds("a.txt")


def test_stamp_proves_nothing_of_a_file_that_was_just_written() -> None:
    settled = Stamp(5, mtime_ns=10 * SECOND, ctime_ns=11 * SECOND, seen_ns=14 * SECOND)
    fresh = Stamp(5, mtime_ns=10 * SECOND, ctime_ns=11 * SECOND, seen_ns=12 * SECOND)
    assert settled.proves_unchanged(fresh)
    assert not fresh.proves_unchanged(settled)


@pytest.mark.parametrize(
    "now", [Stamp(6, 1, 2, 9), Stamp(5, 2, 2, 9), Stamp(5, 1, 3, 9)], ids=["size", "mtime", "ctime"]
)
def test_stamp_that_differs_proves_nothing(now: Stamp) -> None:
    assert not Stamp(5, 1, 2, 10 * SECOND).proves_unchanged(now)


def test_what_is_read_is_the_file_that_lies_in_the_root(tmp_path: Path, docs: Path) -> None:
    (docs / "inside.txt").symlink_to(docs / "a.txt")
    assert read_file(docs / "inside.txt", docs, 100) == b"a"
    with pytest.raises(OSError, match="over the limit"):
        read_file(docs / "a.txt", docs, 0)


def test_what_was_put_in_a_file_s_place_is_neither_read_nor_waited_for(
    tmp_path: Path, docs: Path
) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (docs / "outside.txt").symlink_to(tmp_path / "secret.txt")
    (docs / "device.txt").symlink_to("/dev/zero")
    os.mkfifo(docs / "pipe.txt")
    with pytest.raises(OSError, match="linked elsewhere"):
        read_file(docs / "outside.txt", docs, 100)
    for name in ("device.txt", "pipe.txt", "deep"):
        with pytest.raises(OSError, match=r"no regular file|[Ii]s a directory"):
            read_file(docs / name, docs, 100)
