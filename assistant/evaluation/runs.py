"""The runs of evaluations: kept in a folder of their index, listed and read again."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, FiniteFloat, TypeAdapter, ValidationError

from assistant.evaluation.results import VERSION
from index.durable import replacing
from index.errors import ConfigurationError
from index.naming import safe_name

Figures = Mapping[str, Mapping[str, float]]  # metric → value, low, high

_FOLDER = "runs"
_SECTIONS = {"settings": dict, "metrics": dict, "questions": list}
_SETTINGS = {"test_set": str, "started_at": str, "questions": int}


_FIGURE = Annotated[dict[Literal["value", "low", "high"], FiniteFloat], Field(min_length=3)]
_FIGURES: TypeAdapter[Any] = TypeAdapter(dict[str, _FIGURE])
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a list of runs shows of one of them."""

    name: str  # of its file, without the suffix
    started_at: datetime
    test_set: str
    questions: int
    metrics: Figures
    oracle: bool = False  # each question saw its own document alone


def keep(index: Path, run: Mapping[str, Any]) -> Path:
    """Write a run into an index folder, whole or not at all; return where it is."""
    settings = run["settings"]
    stamp = _moment(settings["started_at"]).strftime("%Y%m%dT%H%M%SZ")
    name = safe_name(f"{stamp}-{safe_name(settings['test_set'])}.json")
    path = index / _FOLDER / name
    path.parent.mkdir(exist_ok=True)
    with replacing(path) as file:
        file.write(json.dumps(run, ensure_ascii=False).encode())
    return path


def load(path: Path) -> Mapping[str, Any]:
    """Read a run that ``evaluate`` wrote.

    Raises:
        ConfigurationError: The file cannot be read, or is no run of this version.
    """
    try:
        run: Mapping[str, Any] = json.loads(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:  # of the JSON, or of its encoding
        raise not_a_run(path, "it is not JSON") from error
    if not _holds(run, _SECTIONS) or not _holds(run["settings"], _SETTINGS):
        raise not_a_run(path, "it lacks what a run holds")
    if run.get("version") != VERSION:
        raise not_a_run(path, f"its version is {run.get('version')}, not {VERSION}")
    try:
        _moment(run["settings"]["started_at"])
    except (ValueError, OverflowError) as error:  # a year that is none in UTC
        raise not_a_run(path, "it does not say when it started") from error
    return run


def listing(index: Path) -> list[RunSummary]:
    """Return the runs kept in an index folder, the oldest first; damaged ones are passed over."""
    found = []
    for path in sorted((index / _FOLDER).glob("*.json")):
        try:
            written = path.stat()
            found.append(_summary(path, written.st_mtime_ns, written.st_size))
        except (ConfigurationError, OSError) as error:
            _logger.warning("A kept run is passed over: %s", error)
    return sorted(found, key=attrgetter("started_at"))


def find(index: Path, name: str) -> Path | None:
    """Return the file of a kept run, by the name that ``listing`` gives it."""
    return next((path for path in (index / _FOLDER).glob("*.json") if path.stem == name), None)


@lru_cache(maxsize=1000)  # a run may be large, and is read once until its file changes
def _summary(path: Path, _changed: int, _size: int) -> RunSummary:
    run = load(path)
    settings = run["settings"]
    return RunSummary(
        path.stem,
        _moment(settings["started_at"]),
        settings["test_set"],
        settings["questions"],
        _figures(path, run["metrics"]),
        bool(settings.get("oracle")),
    )


def _figures(path: Path, given: Mapping[str, Any]) -> Figures:
    try:
        figures: Figures = _FIGURES.validate_python(given)
    except ValidationError as error:
        name = error.errors()[0]["loc"][0]
        raise not_a_run(path, f"its {name} is no figure with its interval") from error
    return figures


def _moment(written: str) -> datetime:
    """Return a moment of ISO 8601 in UTC; one without an offset is taken to be in UTC."""
    moment = datetime.fromisoformat(written)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _holds(given: object, kinds: Mapping[str, type]) -> bool:
    return isinstance(given, dict) and all(
        isinstance(given.get(name), kind) for name, kind in kinds.items()
    )


def not_a_run(path: Path, why: str) -> ConfigurationError:
    """Return the error to raise of a file that is no run, or of another version."""
    return ConfigurationError(
        f"{path}: is no run that can be read ({why}); write one with `assistant evaluate --json`"
    )
