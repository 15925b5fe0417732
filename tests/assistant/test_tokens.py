from __future__ import annotations

from pathlib import Path

import pytest

from assistant.tokens import TOKEN_FILE, ensure_token, read_token, renew_token
from index.errors import ConfigurationError, IndexMissingError
from tests.assistant.command import run


def test_a_token_is_made_once_and_kept(tmp_path: Path) -> None:
    token, is_new = ensure_token(tmp_path)
    assert (len(token), is_new) == (43, True)
    assert ensure_token(tmp_path) == (token, False)
    assert read_token(tmp_path) == token


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    (tmp_path / TOKEN_FILE).write_text("x" * 43)
    (tmp_path / TOKEN_FILE).chmod(0o644)
    renew_token(tmp_path)
    assert (tmp_path / TOKEN_FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [TOKEN_FILE]


def test_a_new_token_is_another_one(tmp_path: Path) -> None:
    tokens = {renew_token(tmp_path) for _ in range(5)}
    assert len(tokens) == 5
    assert read_token(tmp_path) in tokens


@pytest.mark.parametrize("content", [b"", b"\n", b"short", b"x" * 21, b"two words " * 5, b"\xff"])
def test_a_damaged_token_opens_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / TOKEN_FILE).write_bytes(content)
    for read in (read_token, ensure_token):
        with pytest.raises(ConfigurationError, match="assistant token"):
            read(tmp_path)


def test_a_token_of_ones_own_is_taken(tmp_path: Path) -> None:
    (tmp_path / TOKEN_FILE).write_text("correct-horse-battery-staple\n")
    assert read_token(tmp_path) == "correct-horse-battery-staple"


def test_without_an_index_there_is_no_token(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="assistant index"):
        ensure_token(tmp_path / "nowhere")
    with pytest.raises(ConfigurationError, match="assistant token"):
        read_token(tmp_path)


def test_the_command_shows_and_renews_it(tmp_path: Path) -> None:
    (tmp_path / ".assistant").mkdir()
    first = run("token", folder=tmp_path).stdout
    assert first == read_token(tmp_path / ".assistant") + "\n"
    assert run("token", folder=tmp_path).stdout == first
    assert run("token", "--new", folder=tmp_path).stdout != first
    refused = run("token", "--index", "none", folder=tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")
