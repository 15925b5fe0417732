from __future__ import annotations

from pathlib import Path

import pytest

from assistant.config import Settings, load_settings
from index.errors import ConfigurationError


def test_defaults_listen_on_loopback_only() -> None:
    assert Settings().host == "127.0.0.1"


def test_flag_beats_environment_beats_file_beats_default(tmp_path: Path) -> None:
    (tmp_path / "assistant.toml").write_text('port = 1\nthreads = 1\nindex = "a"\n')
    environment = {"ASSISTANT_PORT": "2", "ASSISTANT_THREADS": "2", "HOME": "/"}
    flags = {"port": 3, "host": None}
    settings = load_settings(flags, environment=environment, folder=tmp_path)
    assert settings == Settings(port=3, threads=2, index=Path("a"))


def test_no_secret_is_shown_with_the_settings() -> None:
    flags = {"catalogue": "postgresql://me:secret@host/name", "search_token": "secret"}
    settings = load_settings(flags, environment={})
    assert (settings.catalogue, settings.search_token) == tuple(flags.values())
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("ports = 1", "no setting 'ports'"),
        ('port = "many"', "port cannot be 'many'"),
        ('embedder = ["a"]', "embedder cannot be"),
        ("threads = 0", "threads cannot be 0"),
        ("port = true", "port cannot be True"),
        ("port = 1.5", "port cannot be 1.5"),
        ("max_file_mb = nan", "max_file_mb cannot be nan"),
        ("max_file_mb = inf", "max_file_mb cannot be inf"),
        ("max_question_chars = 2001", "max_question_chars cannot be 2001"),
        ("max_question_chars = 0", "max_question_chars cannot be 0"),
        ("uploads = 0", "uploads cannot be 0"),
        ("queue = -1", "queue cannot be -1"),
        ('require_token = "perhaps"', "require_token cannot be 'perhaps'"),
        ("require_token = 2", "require_token cannot be 2"),
        ('log_format = "xml"', r"log_format cannot be 'xml' \(can be: text, json\)"),
        ('log_level = "loud"', "log_level cannot be 'loud'"),
        ("port =", "cannot be read"),
    ],
)
def test_mistake_in_the_file_is_named(tmp_path: Path, content: str, complaint: str) -> None:
    (tmp_path / "assistant.toml").write_text(content)
    with pytest.raises(ConfigurationError, match=complaint):
        load_settings({}, environment={}, folder=tmp_path)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("true", True), ("1", True), ("Yes", True), ("false", False), ("0", False)],
)
def test_the_environment_says_yes_and_no(tmp_path: Path, written: str, meant: bool) -> None:
    environment = {"ASSISTANT_REQUIRE_TOKEN": written}
    settings = load_settings({}, environment=environment, folder=tmp_path)
    assert settings.require_token is meant


def test_the_file_says_yes_and_no(tmp_path: Path) -> None:
    (tmp_path / "assistant.toml").write_text("log_questions = true\nrequire_token = false\n")
    settings = load_settings({}, environment={}, folder=tmp_path)
    assert (settings.log_questions, settings.require_token) == (True, False)
