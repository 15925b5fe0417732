"""Settings: flag before environment before ``assistant.toml`` before default."""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints

from assistant.records import LONGEST_QUESTION
from index.errors import ConfigurationError

_FILE = "assistant.toml"
_PREFIX = "ASSISTANT_"
_LEAST = {
    "processes": 1,
    "threads": 1,
    "max_file_mb": 0.001,
    "max_request_kb": 1,
    "max_question_chars": 1,
    "uploads": 1,
    "connections": 1,
}
_MOST = {"max_question_chars": LONGEST_QUESTION}
_CHOICES = {
    "log_format": ("text", "json"),
    "log_level": ("debug", "info", "warning", "error"),
}
_TRUTHS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


@dataclass(frozen=True, slots=True)
class Settings:
    """All that can be configured; in the environment ``index`` is ``ASSISTANT_INDEX``."""

    index: Path = Path(".assistant")
    # URL of a database with the catalogue and the conversations; "" for files in the index folder
    catalogue: str = field(default="", repr=False)  # it may hold a password
    embedder: str = ""  # path or hub name; "" for the weights that are installed with us
    reader: str = ""  # likewise, an extractive question-answering model
    search: str = ""  # a Milvus server, http://host:19530; "" to search in the index folder
    search_token: str = field(default="", repr=False)  # that the server demands
    collection: str = "assistant"  # what its collections are called, with a suffix each
    max_file_mb: float = 64.0  # larger files are skipped
    processes: int = 1  # that read and embed files side by side
    dask: str = ""  # the address of a Dask scheduler, whose workers read and embed files instead
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 4  # questions answered at a time
    queue: int = 16  # questions that wait meanwhile; one more is refused with 503
    uploads: int = 4  # files taken at a time, likewise
    connections: int = 256  # open at a time; those beyond wait to be accepted
    allowed_hosts: str = ""  # host names answered to, with commas; "": loopback's own, else any
    max_request_kb: float = 128.0  # larger ones are refused
    max_question_chars: int = LONGEST_QUESTION  # longer ones are refused; no more than this
    questions_per_minute: int = 0  # of one client; 0 for no limit
    require_token: bool = False  # on loopback too, as behind a proxy; elsewhere always
    trusted_proxy: str = ""  # the address of a proxy whose X-Forwarded-For and -Proto are believed
    grace_seconds: float = 10.0  # how long a stop waits for answers in flight
    log_format: str = "text"  # or "json"
    log_level: str = "info"  # or "debug", "warning", "error"
    log_questions: bool = False  # what people ask, in the line of each request


def load_settings(
    flags: Mapping[str, Any], *, environment: Mapping[str, str] = os.environ, folder: Path = Path()
) -> Settings:
    """Gather the settings.

    Args:
        flags: From the command line; those that are None were not given.
        environment: The environment's variables.
        folder: Where ``assistant.toml`` is looked for.

    Raises:
        ConfigurationError: A setting is unknown, or its value is not of its type.
    """
    file = folder / _FILE
    sources: list[tuple[str, Mapping[str, Any]]] = [
        (str(file), _read(file)),
        ("the environment", _from_environment(environment)),
        ("the command line", {name: value for name, value in flags.items() if value is not None}),
    ]
    values: dict[str, Any] = {}
    for source, given in sources:
        values |= {name: _checked(name, value, source) for name, value in given.items()}
    return Settings(**values)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name.removeprefix(_PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(_PREFIX)
    }


def _checked(name: str, value: Any, source: str) -> Any:
    kinds = get_type_hints(Settings)
    if name not in kinds:
        known = ", ".join(kinds)
        raise ConfigurationError(f"{source}: there is no setting {name!r} (there are: {known})")
    try:
        if kinds[name] in (str, Path) and not isinstance(value, str | Path):
            raise TypeError(value)
        converted = _truth(value) if kinds[name] is bool else kinds[name](value)
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigurationError(f"{source}: {name} cannot be {value!r}") from error
    if name in _CHOICES and converted not in _CHOICES[name]:
        choices = ", ".join(_CHOICES[name])
        raise ConfigurationError(f"{source}: {name} cannot be {value!r} (can be: {choices})")
    if isinstance(converted, int | float) and not isinstance(converted, bool):
        is_of_another_type = isinstance(value, bool) or (
            isinstance(value, float) and converted != value
        )
        if is_of_another_type or not (
            _LEAST.get(name, 0) <= converted <= _MOST.get(name, sys.float_info.max)
        ):
            raise ConfigurationError(f"{source}: {name} cannot be {value!r}")
    return converted.expanduser() if isinstance(converted, Path) else converted


def _truth(value: Any) -> bool:
    return value if isinstance(value, bool) else _TRUTHS[str(value).lower()]
