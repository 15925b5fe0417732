"""Settings: flag before environment before ``assistant.toml`` before default."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any, get_type_hints

from index.errors import ConfigurationError

_FILE = "assistant.toml"
_PREFIX = "ASSISTANT_"
_LEAST = {"threads": 1, "max_file_mb": 0.001, "max_request_kb": 1}


@dataclass(frozen=True, slots=True)
class Settings:
    """All that can be configured; in the environment ``index`` is ``ASSISTANT_INDEX``."""

    index: Path = Path(".assistant")
    embedder: str = ""  # path or hub name; "" for the weights that are installed with us
    reader: str = ""  # likewise, an extractive question-answering model
    max_file_mb: float = 64.0  # larger files are skipped
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 4  # requests answered at a time
    allowed_hosts: str = ""  # host names answered to, with commas; "": loopback's own, else any
    max_request_kb: float = 128.0  # larger ones are refused
    questions_per_minute: int = 0  # of one client; 0 for no limit


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
        converted = kinds[name](value)
    except (TypeError, ValueError) as error:
        raise ConfigurationError(f"{source}: {name} cannot be {value!r}") from error
    if isinstance(converted, int | float):
        is_of_another_type = isinstance(value, bool) or (
            isinstance(value, float) and converted != value
        )
        if is_of_another_type or not _LEAST.get(name, 0) <= converted < inf:
            raise ConfigurationError(f"{source}: {name} cannot be {value!r}")
    return converted.expanduser() if isinstance(converted, Path) else converted
